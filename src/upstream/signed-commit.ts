/** A commit object as git stores it, taken apart into what was signed and the signature. Pure. */

export interface SignedCommit {
  /** Git tree id. */
  readonly tree: string
  /** Committer time, epoch seconds. */
  readonly time: number
  /** Undefined for an unsigned commit. */
  readonly signature: Buffer | undefined
  /** The commit object without its signature: the bytes that the signature covers. */
  readonly payload: Buffer
}

const NEWLINE = 0x0a
const SPACE = 0x20

/**
 * Header lines end at the first empty line; a line that begins with a space goes on with the header before it. `gpgsig`
 * holds the signature of all the rest (git's Documentation/gitformat-signature). Tree and time are read from what was signed.
 * @throws Error for what git would not have written
 */
export function parseCommit(raw: Buffer): SignedCommit {
  const kept: Buffer[] = []
  const signature: Buffer[] = []
  let signatures = 0
  let inSignature = false
  let at = 0
  while (at < raw.length && raw[at] !== NEWLINE) {
    const newline = raw.indexOf(NEWLINE, at)
    const end = newline === -1 ? raw.length : newline + 1
    const line = raw.subarray(at, end)
    if (line[0] !== SPACE) {
      inSignature = line.subarray(0, 7).toString('latin1') === 'gpgsig '
      if (inSignature) signatures += 1
    }
    if (inSignature) signature.push(line.subarray(line[0] === SPACE ? 1 : 7))
    else kept.push(line)
    at = end
  }
  if (signatures > 1) throw new Error('the commit has several gpgsig headers')
  const header = Buffer.concat(kept).toString('latin1')
  const tree = /^tree ([0-9a-f]{40,64})\n/.exec(header)?.[1]
  const time = /\ncommitter [^\n]*> (\d+) [+-]\d{4}\n/.exec(header)?.[1]
  if (tree === undefined || time === undefined) throw new Error('the commit has no tree or no committer')
  return {
    tree,
    time: Number(time),
    signature: signatures === 0 ? undefined : Buffer.concat(signature),
    payload: Buffer.concat([...kept, raw.subarray(at)]),
  }
}
