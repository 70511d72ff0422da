import { expect, test } from 'vitest'
import { downloadArgv, fileOf, type Distribution } from './python.ts'

const source: Distribution = { name: 'a', version: '1.0', sha256: 'f00', form: 'source' }
const wheel: Distribution = { ...source, form: 'wheel' }

test('sources and wheels differ in what pip may take and in how it names the file', () => {
  expect(downloadArgv(source, '/to', '/list')).toContain('--no-binary=a')
  expect(downloadArgv(wheel, '/to', '/list')).toContain('--only-binary=a')
  expect([source, wheel].map(fileOf)).toEqual(['a-1.0.tar.gz', 'a-1.0-py3-none-any.whl'])
})

test('nothing is taken whose hash was not named', () => {
  for (const what of [source, wheel])
    expect(downloadArgv(what, '/to', '/list')).toEqual(expect.arrayContaining(['--require-hashes', '--no-deps']))
})
