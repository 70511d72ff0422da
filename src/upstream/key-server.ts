/** A key server, asked by fingerprint over HTTP (draft-shaw-openpgp-hkp). What it gives is held against the pins elsewhere. */
import { HttpError } from '../system/http-error.ts'
import type { Patience } from '../system/http-patience.ts'
import { fetchBytes } from '../system/http.ts'

/** Keys with thousands of signatures of others have a few megabytes. */
const MOST_BYTES = 8 * 1024 * 1024

/**
 * @param address `hkp://` (HTTP, port 11371 unless given), `hkps://` (HTTPS), `http://` or `https://`
 * @returns fetches the armored key of a fingerprint, undefined where the server has none; its errors are HttpErrors
 */
export function keyServer(
  address: string,
  signal: AbortSignal,
  patience?: Partial<Patience>,
): (fingerprint: string) => Promise<Uint8Array | undefined> {
  return async (fingerprint) => {
    try {
      return await fetchBytes(lookupAddress(address, fingerprint), { maxBytes: MOST_BYTES, signal, patience })
    } catch (error) {
      if (error instanceof HttpError && error.status === 404) return undefined
      throw error
    }
  }
}

/** `https://keys.example.org/pks/lookup?op=get&options=mr&search=0x…` */
export function lookupAddress(server: string, fingerprint: string): string {
  const root = server.replace(/\/+$/, '')
  const plain = /^hkp:\/\/([^/]+)(.*)$/i.exec(root)
  const base =
    plain === null
      ? root.replace(/^hkps:/i, 'https:')
      : `http://${plain[1]}${/:\d+$/.test(plain[1] ?? '') ? '' : ':11371'}${plain[2]}`
  return `${base}/pks/lookup?op=get&options=mr&search=0x${encodeURIComponent(fingerprint)}`
}
