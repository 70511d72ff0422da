/** Versions as Portage writes and compares them (portage.versions, 3.0.83). */

/** A version without its revision. */
const BASE = String.raw`\d+(?:\.\d+)*[a-z]?(?:_(?:pre|p|beta|alpha|rc)\d*)*`
const VERSION = new RegExp(`^${BASE}(?:-r\\d+)?$`)
const PARTS = /^(\d+)((?:\.\d+)*)([a-z]?)((?:_[a-z]+\d*)*)(?:-r(\d+))?$/

/** `1.2.3b_rc4-r5`: numbers, a letter, suffixes, a revision (`portage.versions.ververify`). */
export function isVersion(text: string): boolean {
  return VERSION.test(text)
}

/** `1.2-r3` → `{base: '1.2', revision: '3'}`; without a revision it is `undefined`, which counts as 0. */
export function splitRevision(version: string): { readonly base: string; readonly revision: string | undefined } {
  const at = version.lastIndexOf('-r')
  return at < 0
    ? { base: version, revision: undefined }
    : { base: version.slice(0, at), revision: version.slice(at + 2) }
}

/**
 * Below 0: `a` is older. 0: both count as equal (`1` and `1-r0`, `1.0` and `1.00`, `1_p` and `1_p0`). As
 * `portage.versions.vercmp`. Both must be versions (`isVersion`).
 */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0
  const [one, other] = [parts(a), parts(b)]
  return (
    compareIntegers(one.major, other.major) ||
    compareMinors(one.minors, other.minors) ||
    compareTexts(one.letter, other.letter) ||
    compareSuffixes(one.suffixes, other.suffixes) ||
    compareIntegers(one.revision, other.revision)
  )
}

interface Parts {
  readonly major: string
  readonly minors: readonly string[]
  readonly letter: string
  readonly suffixes: readonly string[]
  readonly revision: string
}

function parts(version: string): Parts {
  const [, major, minors = '', letter = '', suffixes = '', revision = '0'] = PARTS.exec(version) ?? []
  if (major === undefined) throw new Error(`not a version: ${version}`)
  return {
    major,
    minors: minors.split('.').slice(1),
    letter,
    suffixes: suffixes.split('_').slice(1),
    revision,
  }
}

/** More numbers are more: `1.0.0` > `1.0`. */
function compareMinors(a: readonly string[], b: readonly string[]): number {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index += 1) {
    const order = compareMinor(a[index] ?? '', b[index] ?? '')
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Where one begins with 0, both read like the digits behind a decimal point: `1.02` < `1.1`, `1.0` = `1.00`. */
function compareMinor(a: string, b: string): number {
  if (!a.startsWith('0') && !b.startsWith('0')) return compareIntegers(a, b)
  const length = Math.max(a.length, b.length)
  return compareTexts(a.padEnd(length, '0'), b.padEnd(length, '0'))
}

const RANK: Readonly<Record<string, number>> = { alpha: -4, beta: -3, pre: -2, rc: -1, p: 0 }

/** Where one ends, it counts as `_p-1`: above every suffix but `_p`. */
function compareSuffixes(a: readonly string[], b: readonly string[]): number {
  const length = Math.max(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [suffix(a[index]), suffix(b[index])]
    const order = one.rank - other.rank || compareSuffixNumbers(one.number, other.number)
    if (order !== 0) return order
  }
  return 0
}

function suffix(text: string | undefined): { readonly rank: number; readonly number: string | undefined } {
  if (text === undefined) return { rank: 0, number: undefined }
  const word = text.replace(/\d+$/, '')
  return { rank: RANK[word] ?? 0, number: text.slice(word.length) }
}

function compareSuffixNumbers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined)
  return compareIntegers(a, b)
}

/** Decimal integers of any length; no digits at all are 0. */
function compareIntegers(a: string, b: string): number {
  const [one, other] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return one.length - other.length || compareTexts(one, other)
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
