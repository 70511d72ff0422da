/** What stands in the way of an answer, as the real Portage of the miniature's base has it and as a user reads it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyAll } from '../../miniature/copy.ts'
import { openEngine } from '../../src/engine/open.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { asFailure } from '../../src/execute/failure.ts'
import type { Tools, Work } from '../../src/execute/handler.ts'
import { lackingByHand } from '../../src/execute/obstacles/by-hand.ts'
import { failureOf } from '../../src/execute/obstacles/failure.ts'
import { resolve } from '../../src/execute/resolve.ts'
import type { Json } from '../../src/plan/json.ts'
import type { Resolved } from '../../src/plan/resolved.ts'
import { formatFailure } from '../../src/report/failure.ts'
import { layoutOf } from '../../src/store/layout.ts'
import { PackageStore } from '../../src/store/packages.ts'
import { onMiniature } from '../kit/on-miniature.ts'
import { writeFiles } from '../../src/system/files.testkit.ts'
import { ODD_REPOSITORY } from './odd-repository.ts'

const { signal } = new AbortController()
const REPOS_CONF = `[DEFAULT]
main-repo = gentoo
[gentoo]
location = /var/db/repos/gentoo
[odd]
location = /var/db/repos/odd
`
const QUESTIONS = {
  lacking: {
    one: [
      '# What nobody can have.',
      'app-odd/libb',
      '>=app-odd/lib-3',
      'app-odd/banned  # tame?',
      'app-odd/licensed',
      'app-odd/experimental',
      '@two',
    ],
    two: ['app-odd/colourful', 'app-odd/loud', 'app-odd/friend'],
  },
  lines: { one: ['app-odd/experimental', 'app-odd/colourful', 'app-odd/licensed'] },
  blocked: { one: ['app-odd/cat', 'app-odd/kennel'] },
  'two of one': { one: ['app-odd/old', 'app-odd/new'] },
  circle: { one: ['app-odd/ring'] },
  refused: { one: ['app-odd/moving', 'app-odd/sliding', 'app-odd/dog'] },
  answer: { one: ['app-odd/two', '@two'], two: ['app-odd/cat', 'app-odd/byhand'] },
} as const
type Question = keyof typeof QUESTIONS

let scratch: string
/** What a user reads of it; an answer where there is one. */
const told = new Map<Question, string | Resolved>()

beforeAll(async () => {
  scratch = await mkdtemp(join(process.env['GENTOOMUCH_TEST_FOLDER'] ?? '/var/tmp', 'gentoomuch-resolve-'))
  const engine = await openEngine('embedded', { data: join(scratch, 'data') })
  await onMiniature('ask what cannot be', engine, async ({ base, complete }) => {
    const gentoo = join(scratch, 'gentoo')
    await copyAll(join(await complete(), 'gentoo'), gentoo, signal)
    const odd = join(scratch, 'odd')
    await writeFiles(odd, ODD_REPOSITORY)
    const builder: Json = { ...(await base.tree()) }
    for (const question of Object.keys(QUESTIONS) as Question[])
      told.set(question, await ask(question, engine, { builder, gentoo, odd }))
  })
}, 900_000)

afterAll(() => rm(scratch, { recursive: true, force: true }))

interface Trees {
  readonly builder: Json
  readonly gentoo: string
  readonly odd: string
}

async function ask(question: Question, engine: Engine, trees: Trees): Promise<string | Resolved> {
  try {
    const { value } = await resolve.run(workOf(question, trees), await toolsFor(engine))
    return value as unknown as Resolved
  } catch (error) {
    return formatFailure(asFailure(error)).join('\n')
  }
}

function workOf(question: Question, { builder, gentoo, odd }: Trees): Work {
  const sets: Record<string, readonly string[]> = QUESTIONS[question]
  const files = {
    'repos.conf/all.conf': REPOS_CONF,
    'make.conf': 'ACCEPT_LICENSE="GPL-2+"\n',
    ...(question === 'answer'
      ? {
          'package.env': 'app-odd/cat odd\napp-odd/two built\n',
          'env/odd': 'INSTALL_MASK="/usr/share/doc"\nCONFIG_PROTECT_MASK="/etc/cat"\nFEATURES="-xattr nodoc"\n',
          'env/built': 'CFLAGS="-O3"\n',
        }
      : {}),
    ...(question === 'refused' ? { 'profile/package.provided': 'app-odd/dog-1\n' } : {}),
    ...Object.fromEntries(Object.entries(sets).map(([name, lines]) => [`sets/${name}`, `${lines.join('\n')}\n`])),
  }
  const portage: Json = {
    files: Object.entries(files).map(([path, bytes]) => ({ path, bytes, executable: false })),
    profile: 'gentoo:default/linux/amd64/miniature',
  }
  const output = (value: Json) => ({ digest: '', value })
  return {
    key: '',
    step: {
      id: 'resolve:p/odd',
      kind: 'resolve',
      label: 'resolve odd',
      input: { portage, sets: ['one'], locations: {} },
      about: { sets: { one: 'package.sets/one', two: 'package.sets/the/two' } },
      parents: {},
    },
    parents: {
      seed: output({ profile: '' }),
      builder: output({ tree: builder }),
      'repository gentoo': output({ name: 'gentoo', revision: '', tree: gentoo, time: 1 }),
      'repository odd': output({ name: 'odd', revision: '', tree: odd, time: 1 }),
    },
  }
}

async function toolsFor(engine: Engine): Promise<Tools> {
  const layout = layoutOf(join(scratch, 'data'))
  const folder = async () => mkdtemp(join(scratch, 'step-'))
  return {
    engine,
    layout,
    packages: new PackageStore(layout),
    jobs: 1,
    signal,
    folder,
    line: () => {},
  } as unknown as Tools
}

test('everything that cannot be had is told at once, with who wants it and the line that wants it', () => {
  expect(told.get('lacking')).toMatchInlineSnapshot(`
    "8 things stand in the way.
    1. No version fits >=app-odd/lib-3: the repositories gentoo and odd have app-odd/lib-1 and app-odd/lib-2.
       wanted   @one → >=app-odd/lib-3 (package.sets/one:3)
       hint     ask for a version that there is
    2. All that could be app-odd/banned is masked:
         app-odd/banned-2: masked in /var/db/repos/odd/profiles/package.mask: It bites (2026-01-01). Use lib.; its keyword is ~amd64, accepted is amd64
         app-odd/banned-1: masked in /var/db/repos/odd/profiles/package.mask: It bites (2026-01-01). Use lib.
       wanted   @one → app-odd/banned (package.sets/one:4)
       hint     put into package.unmask of a piece: =app-odd/banned-1
    3. app-odd/experimental-2 is masked: its keyword is ~amd64, accepted is amd64.
       wanted   @one → app-odd/experimental (package.sets/one:6)
       hint     put into package.accept_keywords of a piece: =app-odd/experimental-2 ~amd64
    4. There is no app-odd/libb in the repositories gentoo and odd.
       wanted   @one → app-odd/libb (package.sets/one:2)
       hint     did you mean app-odd/lib?
    5. app-odd/licensed-1 is masked: its license Odd-EULA is not accepted.
       wanted   @one → app-odd/licensed (package.sets/one:5)
       hint     put into package.license of a piece: app-odd/licensed Odd-EULA
    6. Nothing fits app-odd/lib[color]:
         app-odd/lib-2: USE flag color is off
         app-odd/lib-1: USE flag color is off
       wanted   @one → @two → app-odd/colourful-1 → app-odd/lib[color] (package.sets/the/two:1)
       hint     put into package.use of a piece: app-odd/lib color
    7. Nothing fits app-odd/lib[sound]:
         app-odd/lib-2: it has no USE flag sound
         app-odd/lib-1: it has no USE flag sound
       wanted   @one → @two → app-odd/loud-1 → app-odd/lib[sound] (package.sets/the/two:2)
    8. The USE flags of app-odd/choices-1 break its REQUIRED_USE: exactly-one-of ( left right ).
         They are: -left other -right
         All that it asks for: exactly-one-of ( left right ) other? ( !left )
       wanted   @one → @two → app-odd/friend-1 → app-odd/choices-1 (package.sets/the/two:3)
       hint     choose its flags in package.use of a piece: app-odd/choices FLAG -FLAG"
  `)
})

test('lines of configuration are proposed for all that follows from them too', () => {
  expect(told.get('lines')).toMatchInlineSnapshot(`
    "4 things stand in the way.
    1. app-odd/experimental-2 is masked: its keyword is ~amd64, accepted is amd64.
       wanted   @one → app-odd/experimental (package.sets/one:1)
       hint     put into package.accept_keywords of a piece: =app-odd/experimental-2 ~amd64
    2. app-odd/licensed-1 is masked: its license Odd-EULA is not accepted.
       wanted   @one → app-odd/licensed (package.sets/one:3)
       hint     put into package.license of a piece: app-odd/licensed Odd-EULA
    3. Nothing fits app-odd/lib[color]:
         app-odd/lib-2: USE flag color is off
         app-odd/lib-1: USE flag color is off
       wanted   @one → app-odd/colourful-1 → app-odd/lib[color] (package.sets/one:2)
       hint     put into package.use of a piece: app-odd/lib color
    4. app-odd/foreign-1 is masked: it has no keyword for amd64 (missing keyword).
       wanted   @one → app-odd/experimental-2 → app-odd/foreign-1 (package.sets/one:1)
       hint     put into package.accept_keywords of a piece: =app-odd/foreign-1 **"
  `)
})

test('packages that block each other', () => {
  expect(told.get('blocked')).toMatchInlineSnapshot(`
    "app-odd/cat-1 and app-odd/dog-1 cannot be installed together: app-odd/cat-1 blocks app-odd/dog.
    wanted   @one → app-odd/cat-1 (package.sets/one:1)
    wanted   @one → app-odd/kennel-1 → app-odd/dog-1 (package.sets/one:2)
    hint     take one of them out of the machine's sets, or what wants it"
  `)
})

test('two packages for one slot', () => {
  expect(told.get('two of one')).toMatchInlineSnapshot(`
    "app-odd/two:0 cannot be app-odd/two-1 and app-odd/two-2 at once:
      app-odd/two-1: wanted by app-odd/old-1 as <app-odd/two-2
      app-odd/two-2: wanted by app-odd/new-1 as >=app-odd/two-2
    wanted   @one → app-odd/old-1 → app-odd/two-1 (package.sets/one:1)
    wanted   @one → app-odd/new-1 → app-odd/two-2 (package.sets/one:2)
    hint     only one can be in a slot: change what wants the other, or mask it"
  `)
})

test('packages of which none can be built first', () => {
  expect(told.get('circle')).toMatchInlineSnapshot(`
    "None of app-odd/finger-1 and app-odd/ring-1 can be first:
      app-odd/finger-1 needs app-odd/ring-1 to be built
      app-odd/ring-1 needs app-odd/finger-1 to be built
    wanted   @one → app-odd/ring-1 → app-odd/finger-1 (package.sets/one:1)
    hint     a flag breaks the circle: put into package.use of a piece: app-odd/finger -jewels"
  `)
})

test('what Portage would do and we refuse', () => {
  expect(told.get('refused')).toMatchInlineSnapshot(`
    "3 things stand in the way.
    1. app-odd/moving-9999 is a live ebuild (it inherits git-r3): what it builds is what its source repository holds at that time, and no build of it could be repeated.
       wanted   @one → app-odd/moving-9999 (package.sets/one:1)
       hint     take a released version: put into package.mask of a piece: =app-odd/moving-9999
    2. app-odd/sliding-1 is a live ebuild (PROPERTIES="live"): what it builds is what its source repository holds at that time, and no build of it could be repeated.
       wanted   @one → app-odd/sliding-1 (package.sets/one:2)
       hint     take a released version: put into package.mask of a piece: =app-odd/sliding-1
    3. app-odd/dog is in a set of the machine, and package.provided says that it is there: it would not be installed.
       wanted   @one → app-odd/dog (package.sets/one:3)
       hint     take it out of the set or out of package.provided"
  `)
})

test('an answer says which packages an argument names, itself or by a set in it', () => {
  const { asked } = told.get('answer') as Resolved
  expect(asked['@one']).toEqual(['target:app-odd/byhand-1', 'target:app-odd/cat-1', 'target:app-odd/two-2'])
  expect(asked['@system']).toContain('target:sys-apps/baselayout-1')
})

test('what package.env says of one package is told of that package alone, for making and for merging it', () => {
  const { packages } = told.get('answer') as Resolved
  const of = (name: string) => packages.find((entry) => entry.name === name) ?? expect.unreachable()
  const [cat, two, sed, plain] = ['app-odd/cat', 'app-odd/two', 'sys-apps/sed', 'app-odd/byhand'].map(of)
  expect(cat?.merging).not.toBe(plain?.merging)
  expect([two?.merging, sed?.merging]).toEqual([plain?.merging, plain?.merging])
  expect([cat, two, sed, plain].map((entry) => entry?.particular)).toEqual([true, true, false, false])
  expect(JSON.stringify(two?.madeFrom)).toContain('"CFLAGS":"-O3"')
  expect(JSON.stringify(sed?.madeFrom)).not.toContain('"CFLAGS":"-O3"')
})

test('files that people have to get are told with what the ebuild says, where they are in no folder of ours', async () => {
  const resolved = told.get('answer') as Resolved
  const packages = resolved.packages.filter(({ name }) => name === 'app-odd/byhand')
  const folder = join(scratch, 'distfiles')
  const problems = await lackingByHand(resolved, packages, [folder, scratch])
  const where = { portage: { files: [], profile: undefined }, sets: { one: 'package.sets/one' } }
  expect(formatFailure(failureOf('fetch-restricted', problems, [], where)).join('\n')).toBe(
    `app-odd/byhand-1 needs byhand-1.tar.gz, which may not be fetched by a program (RESTRICT="fetch").
  | Please sign the contract at https://odd.invalid/
wanted   @one → app-odd/byhand-1 (package.sets/one)
hint     get it yourself and put it into ${folder}`,
  )
  await writeFile(join(scratch, 'byhand-1.tar.gz'), 'it')
  expect(await lackingByHand(resolved, packages, [folder, scratch])).toEqual([])
})
