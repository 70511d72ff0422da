import { afterEach, beforeEach, expect, test } from 'vitest'
import { Folder, GOOD } from './config/folder.testkit.ts'
import { readConfig } from './config/read.ts'
import { builderDefine, namedRepositories } from './repositories.ts'

let folder: Folder
beforeEach(() => {
  folder = new Folder()
  folder.write(GOOD)
})
afterEach(() => folder.remove())

const named = async (reposConf: string) => {
  folder.write({ 'portage.global/repos.conf': reposConf })
  const config = await readConfig(folder.path)
  return [...namedRepositories(config, [builderDefine(config)]).values()].map(({ name, location }) => [name, location])
}

test('each has a place of its own', async () => {
  expect(await named('[gentoo]\n[ov]\nlocation = /srv/ov\n[old]\nlocation = /usr/portage\n')).toEqual([
    ['gentoo', '/var/db/repos/gentoo'],
    ['ov', '/srv/ov'],
    ['old', '/usr/portage'],
  ])
})

test.each([
  ['[ov]\nlocation = rel/x\n', 'The location of ov in repos.conf, rel/x, is no absolute path.'],
  ['[ov]\nlocation = /\n', 'The location of ov in repos.conf, /, is a place of the system.'],
  ['[ov]\nlocation = /etc/portage\n', 'The location of ov in repos.conf, /etc/portage, is a place of the system.'],
  ['[ov]\nlocation = /var\n', 'The location of ov in repos.conf, /var, is a place of the system.'],
  ['[ov]\nlocation = /srv/../usr\n', 'The location of ov in repos.conf, /srv/../usr, is a place of the system.'],
  [
    '[gentoo]\n[ov]\nlocation = /var/db/repos/gentoo/ov\n',
    'The location of ov in repos.conf, /var/db/repos/gentoo/ov, lies in that of gentoo.',
  ],
  ['[a]\nlocation = /srv/x\n[b]\nlocation = /srv/x\n', 'The location of a in repos.conf, /srv/x, lies in that of b.'],
  ['[toString]\n', '"toString" in repos.conf is no name of a repository.'],
])('%j is refused', async (reposConf, message) => {
  await expect(named(reposConf)).rejects.toThrow(message)
})
