import { expect, test } from 'vitest'
import { formatFailure } from './failure.ts'

test('a failed package says what, where, its last words, the log and how to look around', () => {
  const lines = formatFailure({
    code: 'package-failed',
    message: 'app-misc/broken-1 does not compile.',
    package: 'app-misc/broken-1',
    phase: 'compile',
    lastLines: ['\u001B[31mbroken.c:1: error: no\u001B[0m', '', 'make: *** [broken] Error 1'],
    log: '/data/logs/1/03-compile.log',
    shell: 'gentoomuch logs --shell 1',
    hint: 'Patch it or mask it.',
  })
  expect(lines).toEqual([
    'app-misc/broken-1 does not compile.',
    'package  app-misc/broken-1',
    'phase    compile',
    'last lines:',
    '| broken.c:1: error: no',
    '|',
    '| make: *** [broken] Error 1',
    'log      /data/logs/1/03-compile.log',
    'shell    gentoomuch logs --shell 1',
    'hint     Patch it or mask it.',
  ])
})

test('what is not known is not mentioned', () => {
  expect(formatFailure({ code: 'x', message: 'No.', lastLines: [] })).toEqual(['No.'])
})

const COLOR = {
  kind: 'use',
  message: 'dev-libs/x-1 does not fit dev-libs/x[color]: USE flag color is off.',
  chains: [{ names: ['@web', 'net-misc/y-1', 'dev-libs/x[color]'], at: 'package.sets/web:3' }],
  hint: 'put into files of a piece:\n  package.use: dev-libs/x color',
}

test('one thing in the way is the message itself, with who wants it and what to do', () => {
  expect(formatFailure({ code: 'unresolvable', message: COLOR.message, obstacles: [COLOR] })).toEqual([
    'dev-libs/x-1 does not fit dev-libs/x[color]: USE flag color is off.',
    'wanted   @web → net-misc/y-1 → dev-libs/x[color] (package.sets/web:3)',
    'hint     put into files of a piece:',
    '           package.use: dev-libs/x color',
  ])
})

test('several are numbered; what they quote draws nothing on a terminal', () => {
  const other = { kind: 'other', message: 'No.\n  | \u001B[2Jgone', chains: [] }
  expect(
    formatFailure({ code: 'unresolvable', message: '2 things stand in the way.', obstacles: [COLOR, other] }),
  ).toEqual([
    '2 things stand in the way.',
    '1. dev-libs/x-1 does not fit dev-libs/x[color]: USE flag color is off.',
    '   wanted   @web → net-misc/y-1 → dev-libs/x[color] (package.sets/web:3)',
    '   hint     put into files of a piece:',
    '              package.use: dev-libs/x color',
    '2. No.',
    '     | gone',
  ])
})
