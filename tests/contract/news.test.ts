/** Which news and advisories concern which machines, as the real Portage of the miniature's base tells it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeAdvisory, writeNewsItem } from '../../miniature/advisories.ts'
import { copyAll } from '../../miniature/copy.ts'
import { openEngine } from '../../src/engine/open.ts'
import { askForNews, type HeldPackage, type NewsAnswer, type NewsMachine } from '../../src/execute/news.ts'
import { onMiniature } from '../kit/on-miniature.ts'

const { signal } = new AbortController()
const PROFILES = '/var/db/repos/gentoo/profiles/default/linux/amd64/miniature'
const GREET: HeldPackage = { cpv: 'app-misc/greet-1.0', slot: '0', repository: 'gentoo', use: ['nls'] }

let scratch: string
let answer: NewsAnswer

const REPOS_CONF = '[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = /var/db/repos/gentoo\n'

function machine(name: string, packages: readonly HeldPackage[], profile?: string): NewsMachine {
  return {
    name,
    packages,
    portage: {
      files: [
        { path: 'repos.conf/gentoo.conf', bytes: REPOS_CONF, executable: false },
        { path: 'make.conf', bytes: 'ACCEPT_LICENSE="*"\n', executable: false },
      ],
      profile,
    },
  }
}

/** Two greeters of different versions, one on another profile, one that was never built. */
const MACHINES = [
  machine('old "one"', [GREET, { cpv: 'dev-libs/libgreet-1.0', slot: '0', subslot: '1' }]),
  machine('new', [{ cpv: 'app-misc/greet-1.1' }, { cpv: 'gone/away-3', slot: '3' }]),
  machine('hardened', [], 'gentoo:default/linux/amd64/miniature/hardened'),
]

/** A news item of every kind of restriction that Portage knows, and some that concern nobody. */
async function writeNews(repository: string): Promise<void> {
  const items: Record<string, readonly string[]> = {
    'for-all': [],
    installed: ['Display-If-Installed: app-misc/greet'],
    'installed-old': ['Display-If-Installed: <app-misc/greet-1.1'],
    'installed-sub-slot': ['Display-If-Installed: dev-libs/libgreet:0/1'],
    'installed-gone': ['Display-If-Installed: gone/away:3'],
    'installed-nowhere': ['Display-If-Installed: dev-libs/libgreet:0/2'],
    arch: ['Display-If-Keyword: amd64'],
    'other-arch': ['Display-If-Keyword: arm64'],
    'two-of-a-kind': ['Display-If-Keyword: arm64', 'Display-If-Keyword: amd64'],
    both: ['Display-If-Installed: app-misc/greet', 'Display-If-Keyword: arm64'],
    profile: ['Display-If-Profile: default/linux/amd64/miniature/hardened'],
    'profiles-below': ['Display-If-Profile: default/linux/amd64/*'],
    broken: ['Display-If-Installed: not an atom'],
  }
  for (const [number, [name, restrictions]] of Object.entries(items).entries())
    await writeNewsItem(repository, {
      id: `2026-01-${String(number + 10)}-${name}`,
      title: `About ${name}`,
      restrictions,
      body: 'First paragraph.\n\nSecond: with a colon,\u001b[31m and an escape.',
    })
}

async function writeAdvisories(repository: string): Promise<void> {
  const about = (id: string, title: string) => ({ id, title, synopsis: `${title}, in short.` })
  const greet = { package: 'app-misc/greet', unaffected: [['ge', '1.1']], vulnerable: [['lt', '1.1']] } as const
  await writeAdvisory(repository, { ...about('202601-01', 'Fixed'), ...greet })
  await writeAdvisory(repository, { ...about('202601-02', 'Another arch'), ...greet, arch: 'arm64 x86' })
  await writeAdvisory(repository, {
    ...about('202601-03', 'Without a cure'),
    ...greet,
    vulnerable: [['le', '9']],
    unaffected: [['gt', '9']],
  })
  await writeAdvisory(repository, {
    ...about('202601-04', 'Slots'),
    package: 'gone/away',
    vulnerable: [['lt', '4', '3']],
    unaffected: [['ge', '4', '3']],
  })
  await writeAdvisory(repository, {
    ...about('202601-05', 'Other slot'),
    package: 'gone/away',
    vulnerable: [['lt', '4', '2']],
    unaffected: [['ge', '4', '2']],
  })
  await writeAdvisory(repository, {
    ...about('202601-06', 'Cured by a revision'),
    ...greet,
    vulnerable: [['lt', '2']],
    unaffected: [
      ['rge', '1.0'],
      ['ge', '1.1'],
    ],
  })
  await writeAdvisory(repository, { ...about('202601-07', 'Nobody has it'), ...greet, package: 'app-misc/farewell' })
  await writeFile(
    join(repository, 'metadata/glsa/glsa-202601-08.xml'),
    '<!DOCTYPE glsa SYSTEM "x"><glsa app-misc/greet',
  )
}

beforeAll(async () => {
  scratch = await mkdtemp(join(process.env['GENTOOMUCH_TEST_FOLDER'] ?? '/var/tmp', 'gentoomuch-news-'))
  const engine = await openEngine('embedded', { data: join(scratch, 'data') })
  await onMiniature('ask for news', engine, async ({ base, complete }) => {
    const repository = join(scratch, 'gentoo')
    await copyAll(join(await complete(), 'gentoo'), repository, signal)
    await writeNews(repository)
    await writeAdvisories(repository)
    const seed = { tree: await base.tree(), profile: PROFILES }
    const repositories = [{ name: 'gentoo', location: '/var/db/repos/gentoo', tree: repository }]
    answer = await askForNews({ seed, repositories, machines: MACHINES }, { engine, scratch, signal })
  })
}, 900_000)

afterAll(() => rm(scratch, { recursive: true, force: true }))

/** Names of those that a machine is told of. */
const itemsOf = (name: string) =>
  answer.items.filter(({ machines }) => machines.includes(name)).map(({ id }) => id.slice('2026-01-10-'.length))

describe('news', () => {
  test('an item concerns who fulfils one restriction of each kind', () => {
    expect(itemsOf('old "one"')).toEqual(
      [
        'for-all',
        'installed',
        'installed-old',
        'installed-sub-slot',
        'arch',
        'two-of-a-kind',
        'profiles-below',
      ].toReversed(),
    )
    expect(itemsOf('new')).toEqual(
      ['for-all', 'installed', 'installed-gone', 'arch', 'two-of-a-kind', 'profiles-below'].toReversed(),
    )
  })

  test('of a machine that has no packages yet only what it is counts', () => {
    expect(itemsOf('hardened')).toEqual(['for-all', 'arch', 'two-of-a-kind', 'profile', 'profiles-below'].toReversed())
  })

  test('an item is told whole, with the machines in the order they were named', () => {
    expect(answer.items.at(-1)).toEqual({
      id: '2026-01-10-for-all',
      repository: 'gentoo',
      title: 'About for-all',
      authors: ['The miniature <repository@miniature.invalid>'],
      posted: '2026-01-10',
      revision: '1',
      body: 'First paragraph.\n\nSecond: with a colon,\u001b[31m and an escape.',
      machines: ['old "one"', 'new', 'hardened'],
    })
  })
})

describe('advisories', () => {
  const hits = () => Object.fromEntries(answer.advisories.map(({ id, hits: found }) => [id, found]))

  test('hit who has a vulnerable version, and say what helps', () => {
    expect(hits()).toEqual({
      '202601-04': { new: [{ cpv: 'gone/away-3', upgrade: null }] },
      '202601-03': {
        'old "one"': [{ cpv: 'app-misc/greet-1.0', upgrade: null }],
        new: [{ cpv: 'app-misc/greet-1.1', upgrade: null }],
      },
      '202601-01': { 'old "one"': [{ cpv: 'app-misc/greet-1.0', upgrade: 'app-misc/greet-1.1' }] },
    })
    expect(answer.advisories.map(({ id }) => id)).toEqual(['202601-04', '202601-03', '202601-01'])
  })

  test('are told with their ranges, and whole', () => {
    const { text, ...rest } = answer.advisories.at(-1) ?? expect.unreachable()
    expect(rest).toMatchObject({
      id: '202601-01',
      title: 'Fixed',
      synopsis: 'Fixed, in short.',
      impact: 'high',
      access: 'remote',
      announced: '2026-01-15',
      packages: [{ name: 'app-misc/greet', arch: '*', vulnerable: ['<1.1'], unaffected: ['>=1.1'] }],
    })
    expect(text).toContain('GLSA 202601-01:')
    expect(text).toContain('Take a newer version.')
  })
})

test('what cannot be read is left out and named', () => {
  expect(answer.problems.map(({ about }) => about)).toEqual(['news item 2026-01-22-broken', 'advisory 202601-08'])
})
