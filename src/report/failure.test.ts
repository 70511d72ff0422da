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
