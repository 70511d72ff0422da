import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Folder } from './folder.testkit.ts'
import { parseOwner } from './grammar.ts'
import { ConfigTree } from './tree.ts'
import { UserFiles } from './user-files.ts'

test.each<[string, ReturnType<typeof parseOwner>]>([
  ['etc/key root:app 640', { pattern: 'etc/key', isFolder: false, user: 'root', group: 'app', mode: 0o640 }],
  ['/srv//./www/ 81:www', { pattern: 'srv/www', isFolder: true, user: '81', group: 'www', mode: undefined }],
  ['a b root:root 1 x:y$ 04711', { pattern: 'a b root:root 1', isFolder: false, user: 'x', group: 'y$', mode: 0o4711 }],
  ['x root:root\t2755', { pattern: 'x', isFolder: false, user: 'root', group: 'root', mode: 0o2755 }],
  ['etc/key root 640', undefined],
  ['etc/key root:app 64', undefined],
  ['etc/key root:app 689', undefined],
  ['etc/key root:app u=rw', undefined],
  ['etc/key -x:app', undefined],
  ['etc/key root:65536', undefined],
  ['../etc/key root:app', undefined],
  ['/ root:root 755', undefined],
  ['root:root 755', undefined],
])('%s', (text, parsed) => expect(parseOwner(text)).toEqual(parsed))

describe('user.files/NAME.owners', () => {
  let folder: Folder
  let tree: ConfigTree
  beforeEach(() => (folder = new Folder()))
  afterEach(() => folder.remove())

  const brought = (files: Record<string, string>, names = 'web') => {
    folder.write({ ...files, 'stage4.defines/home/files': names })
    tree = new ConfigTree(folder.path)
    const { files: found, folders } = new UserFiles(tree, 'user.files').named('stage4.defines/home/files')
    const say = (owner: { user: string; group: string } | undefined, mode: number | undefined) =>
      [owner === undefined ? '-' : `${owner.user}:${owner.group}`, mode?.toString(8) ?? '-'].join(' ')
    return {
      files: found.map(({ path, owner, mode }) => `${path} ${say(owner, mode)}`),
      folders: folders.map(({ path, owner, mode }) => `${path} ${say(owner, mode)}`),
      problems: tree.problems.map(({ file, line, code }) => `${file}:${line} ${code}`),
    }
  }

  test('of the lines that mean a path the last one counts; a line without a mode leaves the mode', () => {
    const files = { 'user.files/web/srv/www/.htaccess': '', 'user.files/web/srv/www/a/b.php': '' }
    const owners = 'srv/** www:www 640\nsrv/www/a/* root:www\nsrv/www/**/ www:www 750\nsrv/www/a/ root:root # ours\n'
    expect(brought({ ...files, 'user.files/web.owners': owners })).toEqual({
      files: ['srv/www/.htaccess www:www 640', 'srv/www/a/b.php root:www 640'],
      folders: ['srv/www www:www 750', 'srv/www/a root:root 750'],
      problems: [],
    })
  })

  test('a line makes a folder, with an owner list alone as well; a pattern of folders means those too', () => {
    const owners = 'srv/*/ www:www 711\nsrv/a/b/ root:root\n'
    expect(brought({ 'user.files/web.owners': owners })).toEqual({
      files: [],
      folders: ['srv/a www:www 711', 'srv/a/b root:root -'],
      problems: [],
    })
  })

  test('a link has an owner and no mode', () => {
    folder.link('user.files/web/srv/link', 'x')
    expect(brought({ 'user.files/web.owners': 'srv/* www:www 600\n' }).files).toEqual(['srv/link www:www 777'])
  })

  test('of two files or folders with one path the later folder’s stands, as it is owned there', () => {
    const files = { 'user.files/one/a': '', 'user.files/two/a': '' }
    const owners = { 'user.files/one.owners': 'a x:x 600\nd/ x:x 700\n', 'user.files/two.owners': 'd/ y:y\n' }
    expect(brought({ ...files, ...owners }, 'one\ntwo\n')).toEqual({
      files: ['a - 644'],
      folders: ['d y:y -'],
      problems: [],
    })
  })

  test('a folder cannot be where another folder has a file; what nothing is meant by is a problem', () => {
    const files = { 'user.files/one/a': '', 'user.files/two/b': '' }
    const owners = { 'user.files/two.owners': 'a/c/ x:x\na x:x\nb/*/ x:x\n' }
    expect(brought({ ...files, ...owners }, 'one\ntwo\n').problems).toEqual([
      'user.files/two.owners:2 owner-of-nothing',
      'user.files/two.owners:3 owner-of-nothing',
      'user.files/two.owners:1 file-below-file',
    ])
  })
})
