/** Upstream's DIGESTS: comments that name an algorithm, each followed by `HEX  FILE` lines. Pure. */

export interface FileDigests {
  readonly sha512?: string
  readonly blake2b?: string
}

/** Digests by file name. Algorithms other than these two, and lines of other shapes, are passed over. */
export function parseDigests(text: string): ReadonlyMap<string, FileDigests> {
  const files = new Map<string, { sha512?: string; blake2b?: string }>()
  let algorithm: 'sha512' | 'blake2b' | undefined
  for (const line of text.split(/\r?\n/)) {
    const heading = /^#\s*(\S+)\s+HASH\s*$/.exec(line)
    if (heading !== null) {
      const word = heading[1]?.toLowerCase()
      algorithm = word === 'sha512' || word === 'blake2b' ? word : undefined
      continue
    }
    const entry = /^([0-9a-fA-F]{128}) [ *](\S.*?)\s*$/.exec(line)
    if (entry?.[1] === undefined || entry[2] === undefined || algorithm === undefined) continue
    const digests = files.get(entry[2]) ?? {}
    digests[algorithm] = entry[1].toLowerCase()
    files.set(entry[2], digests)
  }
  return files
}
