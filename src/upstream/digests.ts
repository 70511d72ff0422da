/** Upstream's DIGESTS: comments that name an algorithm, each followed by `HEX  FILE` lines. Pure. */

export interface FileDigests {
  readonly sha512?: string
  readonly blake2b?: string
}

export interface ListedDigests extends FileDigests {
  /** Algorithms by which the file is listed, as they are written, strong or not. */
  readonly algorithms: readonly string[]
  /** An algorithm that gives the file two different digests: then none of them can be believed. */
  readonly twice?: string
}

type Strong = 'sha512' | 'blake2b'

/** Hex digits. */
const LENGTH = 128

/** Digests by file name. Only SHA-512 and BLAKE2b count as digests; lines of other shapes are passed over. */
export function parseDigests(text: string): ReadonlyMap<string, ListedDigests> {
  const files = new Map<string, { sha512?: string; blake2b?: string; algorithms: string[]; twice?: string }>()
  let algorithm = ''
  for (const line of text.split(/\r?\n/)) {
    const heading = /^#\s*(\S+)\s+HASH\s*$/.exec(line)
    if (heading?.[1] !== undefined) {
      algorithm = heading[1].toUpperCase()
      continue
    }
    const entry = /^([0-9a-fA-F]{8,}) [ *](\S.*?)\s*$/.exec(line)
    if (entry?.[1] === undefined || entry[2] === undefined || algorithm === '') continue
    const file = files.get(entry[2]) ?? { algorithms: [] }
    files.set(entry[2], file)
    if (!file.algorithms.includes(algorithm)) file.algorithms.push(algorithm)
    const key = strong(algorithm)
    if (key === undefined || entry[1].length !== LENGTH) continue
    const digest = entry[1].toLowerCase()
    if (file[key] !== undefined && file[key] !== digest) file.twice = algorithm
    file[key] = digest
  }
  return files
}

function strong(algorithm: string): Strong | undefined {
  return algorithm === 'SHA512' ? 'sha512' : algorithm === 'BLAKE2B' ? 'blake2b' : undefined
}
