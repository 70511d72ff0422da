import { expect, test } from 'vitest'
import { Interrupted, UserError } from '../errors.ts'
import { formatError } from './error.ts'

test('what the user can mend: the message, its causes, the hint, and no stack', () => {
  const root = new Error('EACCES: permission denied')
  const error = new UserError('no-data', 'The data directory cannot be made:\n/data', {
    hint: 'choose another with --data',
    cause: new Error('mkdir failed', { cause: root }),
  })
  expect(formatError(error, false)).toEqual({
    text:
      'error: The data directory cannot be made:\n    /data\n  because: mkdir failed\n' +
      '  because: EACCES: permission denied\n  hint: choose another with --data\n',
    exit: 2,
  })
})

test('a cause that the message already tells is not told twice', () => {
  const error = new UserError('x', 'It broke: disk full', { cause: new Error('disk full'), exit: 3 })
  expect(formatError(error, false)).toEqual({ text: 'error: It broke: disk full\n', exit: 3 })
})

test('verbose adds the code and the stack', () => {
  const { text } = formatError(new UserError('some-code', 'No.'), true)
  expect(text).toMatch(/^error: No\.\n {2}code: some-code\n {2}UserError: No\.\n {6}at /u)
})

test('an interruption is one word', () => {
  expect(formatError(new Interrupted(), false)).toEqual({ text: 'Interrupted.\n', exit: 130 })
  expect(formatError(new DOMException('aborted', 'AbortError'), false).exit).toBe(130)
})

test('everything else is a bug of ours, with every stack', () => {
  const loop = new Error('outer')
  loop.cause = new TypeError('inner', { cause: loop })
  const { text, exit } = formatError(loop, false)
  expect(exit).toBe(1)
  expect(text).toMatch(
    /^This is a bug in Gentoomuch, .*\n {2}Error: outer\n( {6}at .*\n)+caused by:\n {2}TypeError: inner\n( {6}at .*\n)+$/u,
  )
  expect(formatError('a string', false).text).toContain('\n  a string\n')
})
