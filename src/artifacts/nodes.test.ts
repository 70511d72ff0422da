import { describe, expect, test } from 'vitest'
import { run } from '../system/process.ts'
import { nodeHeaders, parseNodes } from './nodes.ts'

describe('parseNodes', () => {
  test('mknod words, comments and all', () => {
    const { nodes, problems } = parseNodes(
      '# nodes\n\n-m 600 /dev/console c 5 1 # first\n--mode=0660 /dev/sda b 0x8 010\n/dev/log p\n-m2666 /dev/null u 1 3',
    )
    expect(problems).toEqual([])
    expect(nodes).toEqual([
      { path: '/dev/console', type: 'character', mode: 0o600, major: 5, minor: 1 },
      { path: '/dev/sda', type: 'block', mode: 0o660, major: 8, minor: 8 },
      { path: '/dev/log', type: 'fifo', mode: 0o644, major: 0, minor: 0 },
      { path: '/dev/null', type: 'character', mode: 0o2666, major: 1, minor: 3 },
    ])
  })

  test('every problem at once, each with its line', () => {
    const lines = [
      '/dev/a c 1 3',
      '/dev/b',
      'dev/c c 1 3',
      '/dev/../d c 1 3',
      '/dev/e x 1 3',
      '/dev/f c 1',
      '/dev/g p 1 2',
      '/dev/h c 1 3 4',
      '/dev/i c 4096 0',
      '/dev/j c 1 -3',
      '-m 800 /dev/k c 1 3',
      '-m',
      '-Z ctx /dev/l c 1 3',
      '/dev/a c 1 3',
      '/dev/m c x 3',
    ]
    const messages = [
      'wanted [-m MODE] NAME TYPE MAJOR MINOR, as in "-m 600 /dev/console c 5 1"',
      '"dev/c" is not an absolute path',
      '"/dev/../d" is not a plain path: it has an empty part, "." or ".."',
      '"x" is not a type of node: b is a block device, c a character device, p a pipe',
      '/dev/f needs a major and a minor number',
      'a pipe has no major and minor number',
      '"4" is too much: the minor number comes last',
      '"4096" is not a major number (0 to 4095)',
      '"-3" is not a minor number (0 to 1048575)',
      '"800" is not an octal mode, such as 600',
      '-m needs a mode, such as 600',
      '"-Z" is not an option: only -m MODE is',
      '/dev/a is already made in line 1',
      '"x" is not a major number (0 to 4095)',
    ]
    const { nodes, problems } = parseNodes(lines.join('\n'))
    expect(nodes).toHaveLength(1)
    expect(problems.map(({ line }) => line)).toEqual(messages.map((_message, index) => index + 2))
    expect(problems.map(({ message }) => message)).toEqual(messages)
  })
})

describe('nodeHeaders', () => {
  test('GNU tar reads them back', async () => {
    const long = `/dev/${'d'.repeat(60)}/${'f'.repeat(60)}`
    const { nodes } = parseNodes(
      `-m 600 /dev/console c 5 1\n-m 660 /dev/sda b 8 4095\n-m 644 /dev/pipe p\n-m 4755 ${long} c 4095 1048575\n/dev/n\u00fcll c 1 3`,
    )
    const input = Buffer.concat([nodeHeaders(nodes, 1_700_000_000), Buffer.alloc(1024)])
    const listed = await run(['tar', '-tvf', '-', '--numeric-owner'], { input, env: { LC_ALL: 'C' } })
    expect(listed.stdout.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
      'crw------- 0/0 5,1 2023-11-14 22:13 ./dev/console',
      `crwsr-xr-x 0/0 4095,1048575 2023-11-14 22:13 .${long}`,
      'crw-r--r-- 0/0 1,3 2023-11-14 22:13 ./dev/n\\303\\274ll',
      'prw-r--r-- 0/0 0 2023-11-14 22:13 ./dev/pipe',
      'brw-rw---- 0/0 8,4095 2023-11-14 22:13 ./dev/sda',
      '',
    ])
  })

  test('the order of the lines is no matter', () => {
    const { nodes } = parseNodes('/dev/b p\n/dev/a p')
    expect(nodeHeaders(nodes, 1).equals(nodeHeaders(nodes.toReversed(), 1))).toBe(true)
    expect(nodeHeaders([], 1)).toHaveLength(0)
  })
})
