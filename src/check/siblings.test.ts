import { describe, expect, test } from 'vitest'
import { makeConfs, piece } from '../portage/pieces.testkit.ts'
import { machine } from './checked.testkit.ts'
import { siblings } from './siblings.ts'

const found = (texts: readonly string[], own: Readonly<Record<string, string>> = {}) =>
  siblings([machine([...makeConfs(...texts), piece('machine', 'm', own)])], true).map(({ code }) => code)

describe('a value that replaces the sibling’s', () => {
  test.each([
    ['MAKEOPTS="-j1"', 'MAKEOPTS="-j16"', ['siblings-disagree-value']],
    ['CFLAGS="-O2"', 'CFLAGS="${CFLAGS} -g"', []],
    ['CFLAGS="-O2"', 'CFLAGS="-O2"', []],
    ['CFLAGS="-O2"', 'CFLAGS="${LDFLAGS} -O2 -g"', ['siblings-disagree-value']],
  ])('%s, then %s', (one, other, expected) => expect(found([one, other])).toEqual(expected))
})

describe('what the machine itself decides is no matter of its local pieces', () => {
  const values = ['CFLAGS="-O2"', 'CFLAGS="-Os"']
  const words = ['USE="a -b"', 'USE="-a b"']

  test.each([
    [values, { 'make.conf': 'CFLAGS="-O3"' }, []],
    [values, { 'make.conf': 'CFLAGS="${CFLAGS} -g"' }, ['siblings-disagree-value']],
    [values, { 'make.conf': 'CXXFLAGS="-O3"' }, ['siblings-disagree-value']],
    [values, { 'profile/make.defaults': 'CFLAGS="-O3"' }, ['siblings-disagree-value']],
    [words, { 'make.conf': 'USE="a b"' }, []],
    [words, { 'make.conf': 'USE="-a -b"' }, []],
    [words, { 'make.conf': 'USE="-* c"' }, []],
    [words, { 'make.conf': 'USE="a"' }, ['siblings-disagree-word']],
    [words, { 'make.conf': 'USE="c"' }, ['siblings-disagree-word']],
  ])('%j with %j', (texts, own, expected) => expect(found(texts, own)).toEqual(expected))

  test('make.conf has the last word on the make.defaults of the user’s profile', () => {
    const pieces = ['-O2', '-Os'].map((value, index) =>
      piece('local', `p${index}`, { 'profile/make.defaults': `CFLAGS="${value}"` }),
    )
    const codes = (own: Readonly<Record<string, string>>) =>
      siblings([machine([...pieces, piece('machine', 'm', own)])], true).map(({ code }) => code)
    expect(codes({ 'make.conf': 'CFLAGS="-O3"' })).toEqual([])
    expect(codes({ 'profile/make.defaults': 'CFLAGS="-O3"' })).toEqual([])
    expect(codes({})).toEqual(['siblings-disagree-value'])
  })

  test('files', () => {
    const pieces = ['1', '2'].map((text, index) => piece('local', `p${index}`, { 'env/fast': text, 'env/slow': text }))
    const files = siblings([machine([...pieces, piece('machine', 'm', { 'env/fast': '3' })])], true)
    expect(files.map(({ file }) => file)).toEqual(['p1/env/slow'])
  })
})
