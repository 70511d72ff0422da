import { CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import { Interrupted, UserError } from '../errors.ts'
import { errorJson, formatError } from './error.ts'

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

test('nothing in it draws on a terminal; its own lines stay lines', () => {
  const error = new UserError('x', 'It broke:\n\u001B[31mred\u001B[0m\tand\u0007 \u009B2J\u202Eodd\r\n', {
    hint: 'not\u001B]0;title\u0007 \u0000this',
    cause: new Error('be\u0008cause'),
  })
  expect(formatError(error, false).text).toBe(
    'error: It broke:\n    red  and\\u0007 \\u009b2J\\u202eodd\n  because: be\\bcause\n  hint: not \\u0000this\n',
  )
  expect(formatError(new Error('a\u001B[2J\u0007'), false).text).toContain('Error: a\\u0007\n')
})

describe('as JSON', () => {
  test('what the user can mend, with every problem where there are some', () => {
    expect(errorJson(new UserError('no-data', 'No.', { hint: 'Yes.' }))).toEqual({
      error: { code: 'no-data', message: 'No.', hint: 'Yes.' },
    })
    const problems = [{ code: 'unused', severity: 'note', file: 'a', message: 'm' }]
    expect(errorJson(Object.assign(new UserError('bad-configuration', 'Bad.'), { problems }))).toEqual({
      error: { code: 'bad-configuration', message: 'Bad.', problems },
    })
    expect(errorJson(new DOMException('aborted', 'AbortError'))).toEqual({
      error: { code: 'interrupted', message: 'Interrupted.' },
    })
  })

  test('what the file system refused; of a full one what to do', () => {
    const refused = (code: string, words: string) =>
      Object.assign(new Error(`${code}: ${words}, write`), { code, syscall: 'write' })
    const full = refused('ENOSPC', 'no space left on device')
    const hint = 'make room on that file system; gentoomuch clean --dry-run says what nothing needs'
    const message = 'The file system refused write: no space left on device.'
    expect(errorJson(full)).toEqual({ error: { code: 'file-system', message, hint } })
    expect(formatError(full, false)).toEqual({ text: `error: ${message}\n  hint: ${hint}\n`, exit: 1 })
    expect(formatError(refused('EROFS', 'read-only file system'), false).text).toBe(
      'error: The file system refused write: read-only file system.\n',
    )
  })

  test('bugs', () => {
    expect(errorJson(new TypeError('inner'))).toEqual({ error: { code: 'bug', message: 'inner' } })
    expect(errorJson('odd')).toEqual({ error: { code: 'bug', message: 'odd' } })
  })

  test('a call that is wrong; help and version are none', () => {
    expect(errorJson(new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"))).toEqual({
      error: { code: 'bad-call', message: "unknown option '--x'" },
    })
    expect(errorJson(new CommanderError(1, 'commander.help', '(outputHelp)'))).toEqual({
      error: { code: 'bad-call', message: 'A command was wanted.' },
    })
    expect(errorJson(new CommanderError(0, 'commander.version', '1'))).toBeUndefined()
  })
})
