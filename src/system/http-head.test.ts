import { expect, test } from 'vitest'
import { lastHead } from './http-head.ts'

const head = (...lines: string[]) => lines.map((line) => `${line}\r\n`).join('')

test('the last answer counts: interim ones and redirects stand in front of it', () => {
  const text =
    head('HTTP/1.1 302 Found', 'Location: /b', 'ETag: "first"', '') +
    head('HTTP/1.1 100 Continue', '') +
    head('HTTP/2 206', 'etag: "second"', 'last-modified: Thu, 01 Jan 2026 00:00:00 GMT') +
    head('content-length: 90', 'content-range: bytes 10-99/100', '')
  expect(lastHead(text)).toEqual({
    status: 206,
    etag: '"second"',
    modified: 'Thu, 01 Jan 2026 00:00:00 GMT',
    length: 90,
    range: { first: 10, size: 100 },
  })
})

test('what is missing or of no use is left out', () => {
  const text = head(
    'HTTP/1.0 200 OK',
    'ETag: W/"weak"',
    'Content-Length: -1',
    'Content-Range: lines 1-2/3',
    'odd line',
    '',
  )
  const nothing = { etag: undefined, modified: undefined, length: undefined, range: undefined }
  expect(lastHead(text)).toEqual({ status: 200, ...nothing })
})

test.each([
  ['bytes 5-9/*', { first: 5, size: undefined }],
  ['bytes */100', { first: undefined, size: 100 }],
  ['bytes 99999999999999999999-5/7', { first: undefined, size: 7 }],
])('Content-Range: %s', (range, wanted) => {
  expect(lastHead(head('HTTP/1.1 206 Partial Content', `Content-Range: ${range}`, ''))?.range).toEqual(wanted)
})

test.each(['', 'HTTP/1.1', 'SSH-2.0-OpenSSH\r\n\r\n'])('no head: %j', (text) => {
  expect(lastHead(text)).toBeUndefined()
})
