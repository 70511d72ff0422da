/** The user's scripts: what they can reach, what is left of them, and what is said when one fails. */
import { createServer } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import type { TreeRef } from '../../src/engine/engine.ts'
import { Finishing } from './finishing.ts'

const on = new Finishing()

const script = (text: string, name = 'user.scripts/one') => ({ name, text })
let root: TreeRef
beforeAll(
  async () => void (root = await on.rootWith('touch /etc/profile; mkdir /srv; echo one > /srv/a; ln /srv/a /srv/b')),
)

/** What a script that comes out right leaves in /srv/said. */
async function said(text: string): Promise<string> {
  const { tree } = await on.finished(root, { scripts: [script(`{ ${text}\n} > /srv/said 2>&1`)] })
  return on.say(tree, 'cat /srv/said')
}

describe('what a script can reach', () => {
  test("no route, no interface but its own loopback, no socket of the host's", async () => {
    // An abstract socket is bound to a network namespace, and not to a file system.
    const name = `gentoomuch-${process.pid}`
    const server = createServer().listen(`\0${name}`)
    const loud = createServer().listen(0, '127.0.0.1')
    await new Promise((done) => loud.once('listening', done))
    const { port } = loud.address() as { port: number }
    const found = await said(
      `cat /proc/net/route | wc -l; cat /proc/net/unix | grep -c ${name}; grep -o '[a-z0-9]*:' /proc/net/dev; (: < /dev/tcp/127.0.0.1/${port}) && echo reached; (: < /dev/tcp/192.0.2.1/80) && echo reached; true`,
    )
    server.close()
    loud.close()
    expect(
      found.split('\n').filter((line) => !line.startsWith('/run/gentoomuch-scripts/') && line !== 'bash: line 1:'),
    ).toEqual(expect.arrayContaining(['1', '0', 'lo:']))
    expect(found).not.toContain('reached')
    expect(found).toContain('refused')
    expect(found).toContain('unreachable')
  })
  test('nothing on stdin, nothing of the environment of who builds, no terminal', async () => {
    process.env['GENTOOMUCH_SECRET'] = 'secret'
    const found = await said('cat; echo "stdin ended"; env; [[ -t 0 || -t 1 || -t 2 ]] && echo terminal; true')
    delete process.env['GENTOOMUCH_SECRET']
    expect(found).toMatch(/^stdin ended\n/)
    expect(found).not.toMatch(/SECRET|BASH_ENV|terminal|^(DISPLAY|SSH_AUTH_SOCK|XDG_\w+|SUDO_\w+)=/m)
    expect(found).toMatch(/^HOME=\/root$/m)
  })
  test('no other script, no file of the host, no process of the host', async () => {
    const found = await said(
      "cd /run/gentoomuch-scripts; find . -type f -not -name '.*'; cd /proc; ls -d [0-9]* | wc -l",
    )
    expect(found).toMatch(/^\.\/user\.scripts\/one\n\d$/)
  })
})

test('what a script starts ends with it, and is not waited for', async () => {
  const begin = performance.now()
  const { tree } = await on.finished(root, {
    scripts: [script('(sleep 30; touch /srv/late) & setsid sleep 40 & echo begun')],
  })
  expect(performance.now() - begin).toBeLessThan(25_000)
  expect(await on.say(tree, 'ls /srv')).toBe('a\nb')
  expect(on.log).toContain('begun')
})

test('hard links survive that a script writes through one of them, and nothing of a script is left', async () => {
  const { tree } = await on.finished(root, { scripts: [script('echo two >> /srv/a; chmod 4755 /srv/b')] })
  expect(
    await on.say(
      tree,
      'cat /srv/b; stat -c "%h %a %i" /srv/a /srv/b | sort -u | wc -l; stat -c %h /srv/a; ls -A /run /tmp',
    ),
  ).toBe('one\ntwo\n1\n2\n/run:\n\n/tmp:')
})

describe('a script that fails', () => {
  test.each<[string, string, number, string]>([
    ['its last command', 'echo a\nls /nothing > /dev/null', 2, ' The last command in it that failed stands in line 2.'],
    [
      'a command, with set -e',
      'set -e\necho a\nfalse\necho b',
      1,
      ' The last command in it that failed stands in line 3.',
    ],
    ['in a function', 'set -eu\nf() {\n  false\n}\nf', 1, ' The last command in it that failed stands in line 3.'],
    ['of its own will', 'true\nexit 7', 7, ''],
    ['with a trap of its own', 'trap "echo mine" EXIT\nset -e\nfalse', 1, ''],
    ['a variable that is not set', 'set -u\necho "$nothing"', 1, ''],
    ['killed', 'kill -9 $$', 137, ''],
    ['cannot be read by bash', 'if true; then', 2, ''],
  ])('%s', async (_, text, status, where) => {
    const failure = await on.failed(root, {
      scripts: [script('touch /srv/before', 'first'), script(text), script('touch /srv/after')],
    })
    expect(failure).toMatchObject({
      code: 'script-failed',
      message: `user.scripts/one ended with status ${status}.${where}`,
    })
    expect(failure.lastLines?.join('\n') ?? '').not.toContain('gentoomuch: ')
    expect(await on.sayKept('ls /srv')).toBe('a\nb\nbefore')
  })
  test("bash's own messages have its name", async () => {
    const { lastLines } = await on.failed(root, { scripts: [script('echo said\nnosuch')] })
    expect(lastLines?.toSorted()).toEqual([
      '/run/gentoomuch-scripts/user.scripts/one: line 2: nosuch: command not found',
      'said',
    ])
  })
})
