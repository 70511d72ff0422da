/** Files and folders with their owners and modes: what arrives, and what is refused. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { TreeRef } from '../../src/engine/engine.ts'
import type { PlannedFile, PlannedFolder, PlannedOwner } from '../../src/plan/machines.ts'
import { Finishing } from './finishing.ts'

const on = new Finishing()

const owned = (user: string, group: string): PlannedOwner => ({ user, group, file: 'user.files/web.owners', line: 2 })
const file = (path: string, mode: number, owner?: PlannedOwner): PlannedFile => ({
  path,
  bytes: `of ${path}\n`,
  mode,
  owner,
})
const link = (path: string, target: string, owner?: PlannedOwner): PlannedFile => ({
  path,
  bytes: '',
  mode: 0o777,
  link: target,
  owner,
})

let root: TreeRef
beforeAll(async () => {
  root = await on.rootWith(
    [
      'echo www:x:81:82::/:/bin/false >> /etc/passwd; echo ghost >> /etc/passwd; printf "root:x:0:\\nwww:x:82:\\nwheel:x:10:root" > /etc/group',
      'mkdir -p /var/lib /srv/there /usr/bin; chmod 2750 /srv/there; ln -s there /srv/link; ln -s nowhere /srv/dangling; ln -s /run /var/lock',
      'echo old > /etc/motd; ln -s /etc/shadow /etc/issue; touch /etc/plain; mkdir /etc/folder',
    ].join('\n'),
  )
})

const listed = async (input: { files?: PlannedFile[]; folders?: PlannedFolder[] }, ...paths: string[]) => {
  const { tree, summary } = await on.finished(root, input)
  const said = await on.say(tree, `cd /; stat -c '%A %a %u:%g %n' -- ${paths.map((path) => `'${path}'`).join(' ')}`)
  return { tree, summary, listed: said.split('\n') }
}

test('modes and owners, by name and by number; setuid, setgid and sticky survive the change of owner', async () => {
  const { listed: found, summary } = await listed(
    {
      files: [
        file('etc/key', 0o640, owned('root', 'www')),
        file('etc/plain', 0o755),
        file('usr/bin/tool', 0o6711, owned('700', 'wheel')),
        link('srv/www', 'there', owned('www', 'www')),
      ],
      folders: [
        { path: 'srv/new/deep', owner: owned('www', 'www'), mode: 0o1777 },
        { path: 'srv/there', owner: owned('www', 'wheel') },
        { path: 'var/lib', owner: owned('root', 'root'), mode: 0o2711 },
      ],
    },
    'etc/key',
    'etc/plain',
    'usr/bin/tool',
    'srv/www',
    'srv/new',
    'srv/new/deep',
    'srv/there',
    'var/lib',
  )
  expect(found).toEqual([
    '-rw-r----- 640 0:82 etc/key',
    '-rwxr-xr-x 755 0:0 etc/plain',
    '-rws--s--x 6711 700:10 usr/bin/tool',
    'lrwxrwxrwx 777 81:82 srv/www',
    'drwxr-xr-x 755 0:0 srv/new',
    'drwxrwxrwt 1777 81:82 srv/new/deep',
    'drwxr-s--- 2750 81:10 srv/there',
    'drwx--s--x 2711 0:0 var/lib',
  ])
  expect(summary).toBe('4 files, 3 folders')
})

test('folders alone are something to do; an owner may be one that a file brings', async () => {
  const passwd = { path: 'etc/passwd', bytes: 'root:x:0:0::/:/bin/bash\nnew:x:900:900::/:/bin/false', mode: 0o644 }
  const folders = [{ path: 'home/new', owner: owned('new', '900'), mode: 0o700 }]
  expect((await listed({ folders: [{ path: 'a', owner: owned('0', '0') }] }, 'a')).listed).toEqual([
    'drwxr-xr-x 755 0:0 a',
  ])
  expect((await listed({ files: [passwd], folders }, 'home/new')).listed).toEqual(['drwx------ 700 900:900 home/new'])
})

test('a file takes the place of a file or link, and what the link leads to stays; links above are followed', async () => {
  const files = [file('etc/motd', 0o600), file('etc/issue', 0o644), file('srv/link/in', 0o644)]
  const { tree } = await listed({ files }, 'etc')
  expect(await on.say(tree, 'cat /etc/motd /etc/issue /srv/there/in; stat -c %F /etc/issue; cat /etc/shadow')).toBe(
    'of etc/motd\nof etc/issue\nof srv/link/in\nregular file\nroot:of-the-tree:::::::',
  )
})

test('names are names: blanks, dashes, newlines, all that a name can be', async () => {
  const names = ['a b', '-n', '*', '$(touch x)', 'new\nline', "it's", 'x'.repeat(255), 'ü']
  const { tree } = await listed({ files: names.map((name) => file(`srv/${name}`, 0o644)) }, 'srv')
  const count = await on.say(
    tree,
    'cd /srv; ls -d ./* > /dev/null; n=0; for f in ./*; do [[ -f $f ]] && n=$((n+1)); done; echo $n',
  )
  expect(count).toBe(String(names.length))
  expect(await on.say(tree, 'cd /srv; cat "new\nline"')).toBe('of srv/new\nline')
})

describe('refused', () => {
  test.each<[string, { files?: PlannedFile[]; folders?: PlannedFolder[] }, object]>([
    [
      'a user that the root has not',
      { files: [file('etc/a', 0o644, owned('wwww', 'www'))] },
      {
        code: 'no-such-user',
        message: 'user.files/web.owners:2: a user of the root was wanted; it has no wwww.',
        hint: 'Did you mean www?',
      },
    ],
    [
      'a group',
      { folders: [{ path: 'srv/a', owner: owned('www', 'nginx') }] },
      {
        code: 'no-such-group',
        message: 'user.files/web.owners:2: a group of the root was wanted; it has no nginx.',
        hint: 'add the package that brings it (acct-group/nginx), or write its number',
      },
    ],
    [
      'several at once',
      {
        files: [
          file('etc/a', 0o644, owned('no', 'no')),
          file('etc/b', 0o644, owned('no', 'www')),
          file('etc/c', 0o644, owned('ghosts', 'www')),
        ],
      },
      {
        code: 'no-such-user',
        message:
          'user.files/web.owners:2: a user of the root was wanted; it has no no. 2 more like this are in the log.',
      },
    ],
    [
      'a file where the root has a folder',
      { files: [file('etc/folder', 0o644)] },
      { code: 'no-place-for-file', message: '/etc/folder: a file was to be put here; the root has a folder.' },
    ],
    [
      'a file below a file',
      { files: [file('etc/motd/x', 0o644)] },
      {
        code: 'no-place-for-file',
        message: '/etc/motd/x: a folder was wanted at /etc/motd; the root has something else there.',
      },
    ],
    [
      'a folder at a link to nothing',
      { folders: [{ path: 'srv/dangling', owner: owned('www', 'www') }] },
      { message: '/srv/dangling: a folder was wanted at /srv/dangling; the root has something else there.' },
    ],
    [
      'a file that a link leads out of the root',
      { files: [file('var/lock/x', 0o644)] },
      {
        code: 'no-place-for-file',
        message: '/var/lock/x: /var/lock leads out of the root to what is mounted while it is finished.',
        hint: 'tmpfiles.d can make files there when the machine starts',
      },
    ],
  ])('%s', async (_, input, failure) => {
    expect(await on.failed(root, input)).toMatchObject(failure)
  })
})
