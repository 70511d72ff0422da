/** CPU_FLAGS_X86 of a host: what `cpuid2cpuflags` prints there, from `/proc/cpuinfo`. Pure. */

/** Flags of profiles/desc/cpu_flags_x86.desc that the kernel calls by another name; any one of the names will do. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  fma3: ['fma'],
  mmxext: ['mmxext', 'sse'],
  padlock: ['phe'],
  pclmul: ['pclmulqdq'],
  popcnt: ['abm', 'popcnt'],
  sha: ['sha_ni'],
  sse3: ['pni'],
}

/** Flags of profiles/desc/cpu_flags_x86.desc (2025), in its order. */
const FLAGS = [
  '3dnow',
  '3dnowext',
  'aes',
  'avx',
  'avx_vnni',
  'avx2',
  'avx512_4fmaps',
  'avx512_4vnniw',
  'avx512_bf16',
  'avx512_bitalg',
  'avx512_fp16',
  'avx512_vbmi2',
  'avx512_vnni',
  'avx512_vp2intersect',
  'avx512_vpopcntdq',
  'avx512bw',
  'avx512cd',
  'avx512dq',
  'avx512er',
  'avx512f',
  'avx512ifma',
  'avx512pf',
  'avx512vbmi',
  'avx512vl',
  'bmi1',
  'bmi2',
  'f16c',
  'fma3',
  'fma4',
  'mmx',
  'mmxext',
  'padlock',
  'pclmul',
  'popcnt',
  'rdrand',
  'sha',
  'sse',
  'sse2',
  'sse3',
  'sse4_1',
  'sse4_2',
  'sse4a',
  'ssse3',
  'vpclmulqdq',
  'xop',
]

/** @param cpuinfo the text of `/proc/cpuinfo`; a flag counts where every processor has it */
export function cpuFlagsX86(cpuinfo: string): string[] {
  const processors = [...cpuinfo.matchAll(/^flags\s*:(.*)$/gm)].map(
    ([, words = '']) => new Set(words.trim().split(/\s+/)),
  )
  if (processors.length === 0) return []
  const has = (name: string) => processors.every((flags) => flags.has(name))
  return FLAGS.filter((flag) => (OTHER_NAMES[flag] ?? [flag]).some(has))
}

/** The CPU's name for people, or undefined. */
export function modelName(cpuinfo: string): string | undefined {
  return /^model name\s*:\s*(.*\S)/m.exec(cpuinfo)?.[1]?.replaceAll(/\s+/g, ' ')
}
