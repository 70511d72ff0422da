/** What upstream calls architectures in the names of stage3s, and what Gentoo's ARCH is. Pure. */

/** Upstream's words that are not Gentoo's ARCH already. */
const ARCH_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^i[4-6]86/, 'x86'],
  [/^aarch64/, 'arm64'],
  [/^x32/, 'amd64'],
  [/^armv/, 'arm'],
  [/^rv\d/, 'riscv'],
  [/^(ppc64|power\d)/, 'ppc64'],
  [/^(hppa|mips|sparc|s390|loong)/, ''],
]

/** `armv7a_hardfp` → `arm`: what a stage3's name calls its architecture → Gentoo's ARCH. */
export function gentooArch(word: string): string {
  const found = ARCH_WORDS.find(([pattern]) => pattern.test(word))
  if (found === undefined) return word
  return found[1] === '' ? (found[0].exec(word)?.[0] ?? word) : found[1]
}

/** The word in `stage3-<word>-<flavour>-<time>.tar.xz`; undefined for names of another kind. */
export function archWord(name: string): string | undefined {
  return /^stage3-([a-z0-9_.]+)-/.exec(name)?.[1]
}
