import { expect, test } from 'vitest'
import { bootstrapArgv, debianKey } from './debian.ts'

const sources = { suite: 'trixie', lines: ['deb http://mirror.example/debian trixie main'] }

test('the mode is the only difference between root and an ordinary user', () => {
  const differing = bootstrapArgv(sources, true).filter((word, n) => bootstrapArgv(sources, false)[n] !== word)
  expect(differing).toEqual(['--mode=root'])
})

test('suite and mirrors stand last, where mmdebstrap looks for them', () => {
  expect(bootstrapArgv(sources, true).slice(-3)).toEqual([
    'trixie',
    '-',
    'deb http://mirror.example/debian trixie main',
  ])
})

test('another suite is another base', () => {
  expect(debianKey({ ...sources, suite: 'bookworm' })).not.toBe(debianKey(sources))
})
