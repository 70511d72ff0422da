/** When two parts are of one file. Pure. */
import type { Request } from './curl.ts'
import type { Download } from './http.ts'
import { masked } from './http-error.ts'
import type { Head } from './http-head.ts'
import type { Origin, Part } from './part.ts'

/**
 * From where a part can be continued at this address, and what must not have changed meanwhile: its ETag or Last-Modified.
 * At another address than it came from, only what has the exact size, and the same Last-Modified, as mirrors keep it.
 */
export function restOf({ origin, size }: Pick<Part, 'origin' | 'size'>, wanted: Wanted): Request['rest'] {
  const { url, bytes, sameElsewhere = false } = wanted
  if (origin === undefined || size === 0) return undefined
  if (bytes !== undefined && (origin.size ?? bytes) !== bytes) return undefined
  const here = origin.url === masked(url)
  if (!here && !(sameElsewhere && bytes !== undefined && origin.size === bytes)) return undefined
  const unchanged = here ? (origin.etag ?? origin.modified) : origin.modified
  return unchanged === undefined ? undefined : { from: size, unchanged }
}

type Wanted = Pick<Download, 'url' | 'bytes' | 'sameElsewhere'>

/**
 * Whether a 206 continues the part: there are servers that heed Range and not If-Range. A server repeats the ETag in it,
 * but may leave out Last-Modified (RFC 9110, 15.3.7).
 */
export function continues(head: Head, from: number, origin: Origin | undefined, { url, bytes }: Wanted): boolean {
  const size = bytes ?? origin?.size
  const may = (one: unknown, other: unknown) => one === undefined || other === undefined || one === other
  const sameTag = origin?.url !== masked(url) || origin.etag === undefined || origin.etag === head.etag
  return head.range?.first === from && may(head.range.size, size) && may(head.modified, origin?.modified) && sameTag
}

/** What is worth knowing of the answer that a part is made of. */
export function originOf({ url }: Wanted, head: Head, before?: Origin): Origin {
  const modified = head.modified ?? before?.modified
  const size = before?.size ?? (head.range === undefined ? head.length : head.range.size)
  return {
    url: masked(url),
    ...(head.etag === undefined ? {} : { etag: head.etag }),
    ...(modified === undefined ? {} : { modified }),
    ...(size === undefined ? {} : { size }),
  }
}
