import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseClearsigned, signedText } from './clearsigned.ts'

const SIGNATURE = '-----BEGIN PGP SIGNATURE-----\n\niHUEABYKAB0W\n=abcd\n-----END PGP SIGNATURE-----\n'

const frame = (text: string, headers = 'Hash: SHA512\n') =>
  `-----BEGIN PGP SIGNED MESSAGE-----\n${headers}\n${text
    .split('\n')
    .map((line) => line.replace(/^-/, '- -'))
    .join('\n')}\n${SIGNATURE}`

const good = frame('# SHA512 HASH\nabc  file')

describe('a file that is one signed block', () => {
  test('gives its text, without blanks at the ends of lines', () => {
    expect(parseClearsigned(good)).toEqual({ text: '# SHA512 HASH\nabc  file\n' })
    expect(parseClearsigned(frame('a \t\n\n- b\n--'))).toEqual({ text: 'a\n\n- b\n--\n' })
    expect(parseClearsigned(`\n \n${good}\n\n`)).toEqual({ text: '# SHA512 HASH\nabc  file\n' })
    expect(parseClearsigned(good.replaceAll('\n', '\r\n'))).toEqual({ text: '# SHA512 HASH\nabc  file\n' })
    expect(parseClearsigned(frame('a', ''))).toEqual({ text: 'a\n' })
    expect(parseClearsigned(frame('a', 'Hash: SHA256, SHA512\nHash: SHA1\n'))).toEqual({ text: 'a\n' })
  })

  test('any text comes back', () => {
    const line = fc.string({ unit: fc.constantFrom('-', ' ', '\t', 'a', '\n', ':', 'ä') })
    fc.assert(
      fc.property(line, (text) => {
        expect(parseClearsigned(frame(text))).toEqual({ text: signedText(text) })
      }),
    )
  })
})

describe('a file that is more, or less', () => {
  test.each([
    ['', { problem: 'no-message', line: 1 }],
    ['text\n', { problem: 'no-message', line: 1 }],
    [SIGNATURE, { problem: 'detached', line: 1 }],
    [`text\n${good}`, { problem: 'text-before', line: 1 }],
    [`\uFEFF${good}`, { problem: 'no-message', line: 1 }],
    [`${SIGNATURE}${good}`, { problem: 'text-before', line: 1 }],
    [`${good}text\n`, { problem: 'text-after', line: 11 }],
    [`${good}${good}`, { problem: 'several-messages', line: 11 }],
    [`${good}${SIGNATURE}`, { problem: 'several-messages', line: 11 }],
    [good.replace('# SHA512 HASH', '-----BEGIN PGP SIGNED MESSAGE-----'), { problem: 'several-messages', line: 4 }],
    [frame('a', 'Hash: SHA512\nComment: x\n'), { problem: 'header', line: 3 }],
    [frame('a', 'NotDashEscaped: x\n'), { problem: 'header', line: 2 }],
    [frame('a', 'text\n'), { problem: 'header', line: 2 }],
    [frame('a', 'Hash: SHA512 and text\n'), { problem: 'header', line: 2 }],
    [good.replace('abc', '-abc'), { problem: 'broken', line: 5 }],
    [good.replace('=abcd', 'not base 64!'), { problem: 'broken', line: 9 }],
    [good.slice(0, -10), { problem: 'broken', line: 10 }],
    [good.slice(0, 60), { problem: 'broken', line: 4 }],
  ])('%j', (file, found) => expect(parseClearsigned(file)).toMatchObject(found))

  test('one line more, anywhere outside, is never passed over', () => {
    const lines = good.split('\n')
    const outside = fc.constantFrom(0, lines.length - 1)
    const words = fc.string({ minLength: 1 }).filter((text) => text.replace(/[ \t\r\n]/g, '') !== '')
    const put = (at: number, text: string) => lines.toSpliced(at, 0, text).join('\n')
    fc.assert(
      fc.property(outside, words, (at, text) => {
        expect(parseClearsigned(put(at, text))).toHaveProperty('problem')
      }),
    )
  })
})
