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
