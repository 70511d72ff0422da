import { expect, test } from 'vitest'
import { compose } from './compose.ts'
import { LISTS, piece } from './pieces.testkit.ts'
import { repositoriesOf, repositoryPlaces } from './reposConf.ts'

const composed = compose(
  [
    piece('global', 'g', {
      'repos.conf/gentoo.conf': '# ours\r\n[DEFAULT]\r\nmain-repo = gentoo\r\n\r\n[gentoo]\r\n',
      'repos.conf.disabled': '[disabled]\n',
    }),
    piece('local', 'l', { 'repos.conf': '[gentoo]\nlocation = /srv/gentoo\n[overlay]\n' }),
  ],
  [],
  LISTS,
)

test('a file beside repos.conf names no repository', () => {
  expect(repositoriesOf(composed.directory).map(({ name }) => name)).toEqual(['gentoo', 'overlay'])
})

test('where each repository is named first', () => {
  expect([...repositoryPlaces(composed)]).toEqual([
    ['gentoo', { file: 'g/repos.conf/gentoo.conf', line: 5 }],
    ['overlay', { file: 'l/repos.conf', line: 3 }],
  ])
})

test('what a sync asks: whether it goes along by itself, and for each way whether signatures count', () => {
  const { directory } = compose(
    [
      piece('global', 'g', {
        'repos.conf':
          '[DEFAULT]\nsync-type = git\n[a]\n[b]\nauto-sync = No\nsync-git-verify-commit-signature = false\n' +
          '[c]\nsync-type = rsync\nsync-rsync-verify-metamanifest = no\nsync-git-verify-commit-signature = yes\n' +
          '[d]\nsync-type = webrsync\nsync-webrsync-verify-signature = maybe\nsync-rsync-verify-metamanifest = no\n',
      }),
    ],
    [],
    LISTS,
  )
  const all = { git: true, webrsync: true, rsync: true }
  expect(repositoriesOf(directory).map(({ name, autoSync, verify }) => [name, autoSync, verify])).toEqual([
    ['a', true, all],
    ['b', false, { ...all, git: false }],
    ['c', true, { ...all, rsync: false }],
    ['d', true, { ...all, rsync: false }],
  ])
})
