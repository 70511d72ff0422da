import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMakeConf } from './makeConf.ts'

const values = (text: string) => parseMakeConf(text).assignments.map(({ name, value, line }) => ({ name, value, line }))

describe('parseMakeConf', () => {
  test('reads quotes, comments, continuations and several lines in one value', () => {
    const text = [
      '# head',
      'USE="a b"  # behind',
      "FOO='x y'",
      'export BAR=plain',
      'CFLAGS="-O2 \\',
      '-pipe"',
      'LINES="one',
      'two"',
    ].join('\n')
    expect(values(text)).toEqual([
      { name: 'USE', value: 'a b', line: 2 },
      { name: 'FOO', value: 'x y', line: 3 },
      { name: 'BAR', value: 'plain', line: 4 },
      { name: 'CFLAGS', value: '-O2 -pipe', line: 5 },
      { name: 'LINES', value: 'one\ntwo', line: 7 },
    ])
  })

  test('leaves expansion to Portage', () => {
    expect(values('CXXFLAGS="${CFLAGS} -g"')).toEqual([{ name: 'CXXFLAGS', value: '${CFLAGS} -g', line: 1 }])
  })

  test.each([
    ['USE="a b', 1, 'the value that begins here has no closing ".'],
    ['\n\nnonsense here', 3, 'NAME="value" was wanted; found nonsense here.'],
    [
      'source /etc/x',
      1,
      'source is not followed into other files; put the lines here or in a piece of its own (found source /etc/x).',
    ],
  ])('says what is wrong with %j', (text, line, message) => {
    expect(parseMakeConf(text).mistakes).toEqual([{ line, message }])
  })

  test('never throws and never loops, whatever the text', () => {
    const piece = fc.constantFrom('A=', '"', "'", '\\', '\n', ' ', '#', 'source ', '$', '{', 'b', '=')
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void parseMakeConf(pieces.join(''))))
  })

  test('gives back what was quoted', () => {
    const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/)
    const value = fc.stringMatching(/^[a-z0-9 +=,.:-]{0,20}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (pairs) => {
        const text = pairs.map(([key, content]) => `${key}="${content}"\n`).join('')
        expect(parseMakeConf(text).assignments.map((one) => [one.name, one.value])).toEqual(pairs)
      }),
    )
  })
})
