/** What gpg lists about keys (`--with-colons`; GnuPG's doc/DETAILS). Pure. */

export interface KeyPart {
  readonly fingerprint: string
  /** Epoch seconds. */
  readonly created: number
  readonly expires: number | undefined
  readonly revoked: boolean
  /** RFC 4880, 9.1: 1 to 3 are RSA, 17 is DSA. */
  readonly algorithm: number
  readonly bits: number
}

export interface ListedKey extends KeyPart {
  /** The listing has the secret half. */
  readonly secret: boolean
  /** The first user id, or nothing. */
  readonly owner: string
  readonly subkeys: readonly KeyPart[]
}

interface Reading {
  readonly key: KeyPart & { readonly secret: boolean }
  owner: string
  readonly subkeys: KeyPart[]
}

/** Primary keys with their subkeys, in the order of the listing. */
export function parseListing(listing: string): ListedKey[] {
  const found: Reading[] = []
  let part: Omit<KeyPart, 'fingerprint'> | undefined
  let record = ''
  for (const line of listing.split('\n')) {
    const fields = line.split(':')
    const [kind = ''] = fields
    const last = found.at(-1)
    if (/^(pub|sec|sub|ssb)$/.test(kind)) {
      part = toPart(fields)
      record = kind
    } else if (kind === 'fpr' && part !== undefined) {
      const whole = { ...part, fingerprint: fields[9] ?? '' }
      if (record === 'pub' || record === 'sec')
        found.push({ key: { ...whole, secret: record === 'sec' }, owner: '', subkeys: [] })
      else last?.subkeys.push(whole)
      part = undefined
    } else if (kind === 'uid' && last?.owner === '') last.owner = unescape(fields[9] ?? '')
  }
  return found.map(({ key, owner, subkeys }) => ({ ...key, owner, subkeys }))
}

/** The key, or the one with the subkey, that a fingerprint or key id (its last digits) names. */
export function findKey(keys: readonly ListedKey[], id: string): ListedKey | undefined {
  const wanted = id.toUpperCase()
  if (!/^[0-9A-F]{16,64}$/.test(wanted)) return undefined
  return keys.find((key) => [key, ...key.subkeys].some(({ fingerprint }) => fingerprint.endsWith(wanted)))
}

/** The earliest end that applies to what `signer` signs: its own, or its primary key's. */
export function endOf(key: ListedKey, signer: string): number | undefined {
  const ends = [key, ...key.subkeys.filter(({ fingerprint }) => fingerprint === signer)].map(({ expires }) => expires)
  const known = ends.filter((end) => end !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function toPart(fields: readonly string[]): Omit<KeyPart, 'fingerprint'> {
  const [, validity, bits = '', algorithm = '', , created = '', expires = ''] = fields
  return {
    created: Number(created),
    expires: expires === '' ? undefined : Number(expires),
    revoked: validity === 'r',
    algorithm: Number(algorithm),
    bits: Number(bits),
  }
}

/** User ids have `\x3a` for a colon and the like. */
function unescape(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
