/** Gentoo's name of this host's architecture. */

/** Node's names of architectures → Gentoo's. */
const ARCHES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  ia32: 'x86',
  riscv64: 'riscv',
  ppc64: 'ppc64',
  s390x: 's390',
  loong64: 'loong',
}

/** Undefined where none is known. */
export function hostArch(): string | undefined {
  return ARCHES[process.arch]
}
