/** A CPU's piece of `/etc/portage`, as text. Pure. */

export interface HostCpu {
  /** The value of `-march`, which names the piece. */
  readonly march: string
  /** Further `-m…` flags. */
  readonly switches: readonly string[]
  /** CPU_FLAGS_X86. */
  readonly flags: readonly string[]
  /** The CPU's name for people. */
  readonly model: string | undefined
}

/** Path inside the piece → text. */
export function cpuPiece({ march, switches, flags, model }: HostCpu): Record<string, string> {
  const who = model === undefined ? '' : ` (${printable(model)})`
  const common = ['-O2', '-pipe', `-march=${march}`, ...switches].join(' ')
  const languages = ['CFLAGS', 'CXXFLAGS', 'FCFLAGS', 'FFLAGS'].map((name) => `${name}="\${COMMON_FLAGS}"`)
  return {
    'make.conf': [
      `# The CPU of the host where gentoomuch init ran${who}: what -march=native stands for there, spelled out, so`,
      '# that it is the same wherever this is read.',
      `COMMON_FLAGS="${common}"`,
      ...languages,
      '',
    ].join('\n'),
    ...(flags.length === 0
      ? {}
      : { 'package.use': `# As cpuid2cpuflags prints it on that host.\n*/* CPU_FLAGS_X86: ${flags.join(' ')}\n` }),
  }
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '')
}
