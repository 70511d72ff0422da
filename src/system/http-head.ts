/** What a server says before its content, read from what `curl --dump-header` wrote. Pure. */

export interface Head {
  readonly status: number
  /** A strong ETag, in its quotes: the only kind that may join two parts of a file (RFC 9110, 13.1.5). */
  readonly etag: string | undefined
  /** Last-Modified, as the server writes it. */
  readonly modified: string | undefined
  /** Content-Length: bytes of this answer's content. */
  readonly length: number | undefined
  /** Content-Range: the first byte of a part, none where it was refused; the size of the whole file where the server knows it. */
  readonly range: { readonly first: number | undefined; readonly size: number | undefined } | undefined
}

/** The last of the answers in `text`: redirects and interim answers stand in front of it. */
export function lastHead(text: string): Head | undefined {
  const block = text
    .split(/\r?\n\r?\n/)
    .findLast((lines) => lines.startsWith('HTTP/'))
    ?.split(/\r?\n/)
  const status = /^HTTP\/[\d.]+ (\d{3})/.exec(block?.[0] ?? '')?.[1]
  if (block === undefined || status === undefined) return undefined
  const fields = new Map(block.slice(1).flatMap(field))
  return {
    status: Number(status),
    etag: /^"[^"]*"$/.exec(fields.get('etag') ?? '')?.[0],
    modified: fields.get('last-modified'),
    length: bytes(fields.get('content-length')),
    range: contentRange(fields.get('content-range') ?? ''),
  }
}

function field(line: string): [string, string][] {
  const found = /^([^\s:]+):[ \t]*(\S.*?)?[ \t]*$/.exec(line)
  return found?.[1] === undefined || found[2] === undefined ? [] : [[found[1].toLowerCase(), found[2]]]
}

function contentRange(text: string): Head['range'] {
  const found = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(text)
  return found === null ? undefined : { first: bytes(found[1]), size: bytes(found[2]) }
}

function bytes(digits: string | undefined): number | undefined {
  const number = /^\d+$/.test(digits ?? '') ? Number(digits) : NaN
  return Number.isSafeInteger(number) ? number : undefined
}
