/**
 * Whether a file is exactly one clearsigned message (RFC 4880, 7) and blank lines. gpg passes over what stands around a
 * message, and a reader of the whole file would believe it: so there must be nothing. Pure.
 */

export type NotClearsigned =
  /** No message begins anywhere. */
  | 'no-message'
  /** A detached signature, which has no text of its own. */
  | 'detached'
  | 'text-before'
  | 'text-after'
  | 'several-messages'
  /** A header other than `Hash:` between the first line and the text; a signature does not cover headers. */
  | 'header'
  /** The message has no end, or lines that no OpenPGP program writes. */
  | 'broken'

export type Clearsigned =
  { readonly text: string; readonly problem?: never } | { readonly problem: NotClearsigned; readonly line: number }

const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----'
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----'
const END = '-----END PGP SIGNATURE-----'
/** Of a signature's own armour; programs ignore them and nobody reads them. */
const ARMOUR_HEADER = /^(Version|Comment|Hash|Charset|MessageID): /
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$|^=[A-Za-z0-9+/]{4}$/

/** The text between the frames, as `signedText` has it, or what is wrong and in which line (from 1). */
export function parseClearsigned(file: string): Clearsigned {
  const lines = file.split('\n').map((line) => line.replace(/[ \t\r]+$/, ''))
  const begin = lines.indexOf(BEGIN)
  const before = lines.findIndex((line) => line !== '')
  if (begin === -1) return { problem: lines[before] === SIGNATURE ? 'detached' : 'no-message', line: 1 }
  if (before < begin) return { problem: 'text-before', line: before + 1 }
  const blank = lines.indexOf('', begin)
  const headers = lines.slice(begin + 1, blank === -1 ? undefined : blank)
  const header = headers.findIndex((line) => !/^Hash: [A-Za-z0-9-]+(, ?[A-Za-z0-9-]+)*$/.test(line))
  if (header !== -1) return { problem: 'header', line: begin + header + 2 }
  const dashed = lines.findIndex((line, at) => at > blank && line.startsWith('-') && !line.startsWith('- '))
  if (blank === -1 || dashed === -1) return { problem: 'broken', line: lines.length }
  if (lines[dashed] !== SIGNATURE)
    return { problem: lines[dashed] === BEGIN ? 'several-messages' : 'broken', line: dashed + 1 }
  const after = endOfSignature(lines, dashed)
  if (typeof after !== 'number') return after
  const rest = lines.findIndex((line, at) => at >= after && line !== '')
  if (rest !== -1) {
    const another = lines.slice(rest).some((line) => line === BEGIN || line === SIGNATURE)
    return { problem: another ? 'several-messages' : 'text-after', line: rest + 1 }
  }
  return {
    text: signedText(
      lines
        .slice(blank + 1, dashed)
        .map((line) => line.replace(/^- /, ''))
        .join('\n'),
    ),
  }
}

/** The form in which texts are compared: a signature covers no blanks at the ends of lines and no last newline. */
export function signedText(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/[ \t\r]+$/, ''))
  return `${lines.join('\n').replace(/\n+$/, '')}\n`
}

/** The line behind a signature's last. */
function endOfSignature(lines: readonly string[], begin: number): number | Clearsigned {
  let at = begin + 1
  while (ARMOUR_HEADER.test(lines[at] ?? '')) at += 1
  if (lines[at] === '') at += 1
  while (BASE64.test(lines[at] ?? '')) at += 1
  return lines[at] === END ? at + 1 : { problem: 'broken', line: at + 1 }
}
