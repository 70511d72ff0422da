/**
 * What makes a package be compiled again. Each change names what it compiles, no two name the same package, and what is
 * compared is always all that a run compiled: so those that do not touch each other are made in one run. What concerns
 * everything is shown on a machine of few packages.
 *
 * For one person: what counts for a package is asked inside the container, and that both people's tarballs are equal is
 * tested elsewhere.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashFile } from '../../src/system/hash.ts'
import { run } from '../../src/system/process.ts'
import { Lab } from '../lab/lab.ts'
import { machineFiles } from '../lab/machines.ts'
import {
  eclass,
  FEW,
  library,
  OF_THE_BUILDER,
  path,
  rebuildsFiles,
  registrar,
  saying,
  SET,
  textOf,
} from '../lab/rebuilds.ts'
import type { Person } from './kit.ts'
import { lastRecord } from './records.ts'

const [MANY, FEWER] = ['lab-rebuilds', 'lab-few'] as const
const PIECE = 'portage.locals/lab-rebuilds'
const FEW_PIECE = 'portage.locals/lab-few'
const BUILDER = 'stage3.defines/gentoomuch/builder'

/** All of the machine of few packages: what a change for every package compiles again. */
const ALL_OF_FEW = [
  'app-lab/edited-1.0',
  'app-lab/keyed-user-1.0',
  'app-lab/slot-user-1.0',
  'dev-lab/keyed-2.0',
  'dev-lab/slotted-1.0',
  'sys-apps/baselayout-1',
]

/** Cause → what it compiles again. No two causes name the same package. */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  // Each alone.
  'an ebuild, edited without a new revision': ['app-lab/edited-1.0'],
  'an eclass': ['app-lab/inherits-1.0', 'app-lab/inherits-too-1.0'],
  'a file of FILESDIR, and what links to it': ['app-lab/filed-1.0', 'app-lab/filed-too-1.0'],
  'a user patch': ['app-lab/patched-1.0'],
  'package.env': ['app-lab/tuned-1.0'],
  'a hook of one package in env/': ['app-lab/hooked-1.0'],
  // Between packages. Who only runs with a changed one stays as it is.
  'what others need to run (RDEPEND)': ['dev-lab/runlib-1.0'],
  'what others want afterwards (PDEPEND)': ['app-lab/later-1.0'],
  'what others are merged with (IDEPEND)': ['dev-lab/registrar-1.0'],
  'what others are built with (BDEPEND), and these in turn': [
    'dev-lab/tool-1.0',
    'app-lab/made-1.0',
    'app-lab/made-of-made-1.0',
  ],
  'USE of a dependency': ['dev-lab/lib-1.0', 'app-lab/coloured-1.0'],
  'a flag that wants something more to build': ['app-lab/choosy-1.0', 'dev-lab/extra-1.0'],
  'a new sub-slot': ['dev-lab/abi-2.0', 'app-lab/linked-1.0', 'app-lab/bound-1.0'],
  'a mask of the first provider of a virtual': ['dev-lab/two-1.0', 'app-lab/built-with-a-thing-1.0'],
  'a mask of the newest version': ['dev-lab/newest-1.0'],
  // From above.
  'USE of the profile': ['app-lab/flagged-1.0'],
  'a group of flags of the profile': ['app-lab/screened-1.0'],
  'package.use of the profile': ['app-lab/chosen-1.0'],
  'an ebuild that nobody has, and a text that is no part of a package': [],
}

/** What is in the root's files then, below /usr/share/lab. */
const TEXTS: Readonly<Record<string, string>> = {
  edited: 'as it is now',
  'inherits-too': 'inherited anew',
  filed: 'another file',
  'filed-too': 'another file\nanother file',
  patched: 'patched',
  tuned: '-O1 -g',
  hooked: 'hooked by somebody',
  later: 'later still',
  register: 'registered anew',
  'made-of-made': 'a better tool',
  coloured: 'colourful',
  choosy: 'extra\nchoosy',
  linked: 'abi 2.0',
  thing: 'two',
  'built-with-a-thing': 'two',
  newest: 'newest 1.0',
  flagged: 'marked',
  chosen: 'chosen',
}

export function rebuilds(whose: () => Person): void {
  let who: Person
  let lab: Lab

  /** What it compiled. */
  const pipeline = async (machine: string): Promise<string[]> => {
    const { stdout } = await who.gentoomuch(['pipeline', machine, '--json', ...who.flags])
    const { compiled } = JSON.parse(stdout) as { compiled: readonly { cpv: string }[] }
    return compiled.map(({ cpv }) => cpv).toSorted()
  }
  const inside = async (machine: string, file: string) => {
    const { tarball } = await who.published(machine)
    return (await run(['tar', '-xOf', tarball, `./${file}`])).stdout.trim()
  }
  const digestOf = async (machine: string) => hashFile((await who.published(machine)).tarball, 'sha512')

  beforeAll(async () => {
    who = whose()
    const place = { config: join(who.demo, 'config'), overlay: join(who.home, 'lab-rebuilds') }
    lab = await Lab.write(place, { packages: 1, machines: 0 })
    await lab.commit('What is compiled again', rebuildsFiles())
    await lab.configure({
      [`${PIECE}/profile`]: 'lab:bare\n',
      [`${FEW_PIECE}/package.accept_keywords`]: 'dev-lab/keyed ~amd64\n',
      [`${FEW_PIECE}/package.mask`]: 'dev-lab/slotted:2\n',
      'package.sets/lab-rebuilds': SET,
      'package.sets/lab-few': FEW,
      ...machineFiles(MANY, ['lab-rebuilds'], ['lab', 'lab-rebuilds'], lab.profile),
      ...machineFiles(FEWER, ['lab-few'], ['lab', 'lab-rebuilds', 'lab-few'], lab.profile),
    })
    await who.gentoomuch(['sync', 'lab', ...who.flags])
    await who.gentoomuch(['pipeline', MANY, FEWER, ...who.flags])
  })

  afterAll(async () => {
    await lab.configure(
      Object.fromEntries(
        [
          'portage.locals/lab',
          PIECE,
          FEW_PIECE,
          'env/repositories/lab',
          ...['lab-shared', 'lab-rebuilds', 'lab-few', 'lab-builder'].map((name) => `package.sets/${name}`),
          ...[MANY, FEWER].flatMap((name) => [`stage3.defines/${name}`, `stage4.defines/${name}`]),
          `${BUILDER}/packages`,
          `${BUILDER}/portage.local`,
        ].map((gone) => [gone, undefined]),
      ),
    )
  })

  test(`compiled again, and nothing else: ${Object.keys(CAUSES).join(' · ')}`, async () => {
    await lab.configure({
      [`${PIECE}/patches/app-lab/patched/0001.patch`]: '--- a/text\n+++ b/text\n@@ -1 +1 @@\n-unpatched\n+patched\n',
      [`${PIECE}/package.env`]: 'app-lab/tuned tuned.conf\n',
      [`${PIECE}/env/tuned.conf`]: 'CFLAGS="-O1 -g"\n',
      [`${PIECE}/env/app-lab/hooked`]: 'export LAB_HOOK=somebody\n',
      [`${PIECE}/package.use`]: 'dev-lab/lib color\napp-lab/choosy extra\n',
      [`${PIECE}/package.mask`]: 'dev-lab/one\n>=dev-lab/newest-2\n',
    })
    await lab.commit('One thing after the other', {
      [path('app-lab/edited-1.0')]: saying('as it is now'),
      'eclass/lab-things.eclass': eclass('inherited anew'),
      'app-lab/filed/files/text': 'another file\n',
      [path('dev-lab/runlib-1.0')]: saying('to run better'),
      [path('app-lab/later-1.0')]: saying('later still'),
      [path('dev-lab/registrar-1.0')]: registrar('registered anew'),
      [path('dev-lab/tool-1.0')]: saying('a better tool'),
      [path('dev-lab/abi-2.0')]: library('2.0'),
      'profiles/bare/make.defaults': 'USE="marked"\nVIDEO_CARDS="virgl"\n',
      'profiles/bare/package.use': 'app-lab/chosen chosen\n',
      [path('app-lab/nobodys-1.0')]: saying('unheard'),
      'app-lab/edited/metadata.xml': '<pkgmetadata/>\n',
    })
    await who.gentoomuch(['sync', 'lab', ...who.flags])
    const expected = Object.values(CAUSES).flat()
    expect(new Set(expected).size).toBe(expected.length)
    expect(await pipeline(MANY)).toEqual(expected.toSorted())
    for (const [name, text] of Object.entries(TEXTS))
      expect([name, await inside(MANY, textOf(name))]).toEqual([name, text])
    for (const name of ['linked', 'bound'])
      expect(await inside(MANY, `var/db/pkg/app-lab/${name}-1.0/RDEPEND`)).toBe('dev-lab/abi:0/2=')
    // Nothing of the old library is kept for anybody.
    const { stdout } = await run(['tar', '-tf', (await who.published(MANY)).tarball])
    expect(await inside(MANY, 'var/lib/portage/preserved_libs_registry')).toMatch(/^(?:\{\})?$/)
    expect(stdout.match(/var\/db\/pkg\/dev-lab\/abi-[^/]+\/$/gm)).toEqual(['var/db/pkg/dev-lab/abi-2.0/'])
  })

  test('nothing changed: nothing is compiled, planned anew or not', async () => {
    expect(await pipeline(MANY)).toEqual([])
    await lab.configure({ [`${PIECE}/package.use`]: '# A word more.\ndev-lab/lib color\napp-lab/choosy extra\n' })
    expect(await pipeline(MANY)).toEqual([])
  })

  test('A, then B: the bytes and the packages of a cold B', async () => {
    const data = join(who.demo, 'data')
    const marksNow = async () => (await lastRecord(who, `compile:demo/${MANY}`)).value?.fingerprints ?? {}
    const [warm, marks] = [await digestOf(MANY), await marksNow()]
    const forget = `
      cd "$1" && mkdir "$2" && mv store/packages store/packed "stages/$3" "$2"
      grep -lE '"id":"[a-z]+:demo/'"$3"'"' store/steps/*.json | xargs rm --`
    const aside = join(who.home, 'warm')
    await who.shell(['bash', '-c', forget, 'bash', data, aside, MANY])
    try {
      expect(await pipeline(MANY)).toEqual(Object.keys(marks).toSorted())
      expect(await digestOf(MANY)).toBe(warm)
      expect(await marksNow()).toEqual(marks)
    } finally {
      await who.shell([
        'bash',
        '-c',
        'cp -Rlnp "$2/packages" "$2/packed" "$1/store" && rm -r "$2"',
        'bash',
        data,
        aside,
      ])
    }
  })

  test('a mask of the newer sub-slot: what was bound to the older one is still there, and nothing is compiled', async () => {
    await lab.configure({ [`${PIECE}/package.mask`]: 'dev-lab/one\n>=dev-lab/newest-2\ndev-lab/abi:0/2\n' })
    expect(await pipeline(MANY)).toEqual([])
    expect(await inside(MANY, 'var/db/pkg/app-lab/bound-1.0/RDEPEND')).toBe('dev-lab/abi:0/1=')
  })

  test('a bashrc of the machine: everything', async () => {
    await lab.configure({ [`${FEW_PIECE}/bashrc`]: 'export LAB_BASHRC=1\n' })
    // What was compiled for the first machine before has not seen it.
    expect(await pipeline(FEWER)).toEqual(ALL_OF_FEW)
  })

  test('the toolchain: everything; and what the builder has otherwise does not get into packages', async () => {
    await lab.configure({
      'package.sets/lab-builder': OF_THE_BUILDER,
      [`${BUILDER}/packages`]: 'lab-builder\n',
      [`${BUILDER}/portage.local`]: 'lab\n',
    })
    expect(await pipeline(FEWER)).toEqual(ALL_OF_FEW)
    expect(await inside(FEWER, textOf('keyed-user'))).toBe('keyed 2.0')
    expect(await inside(FEWER, 'var/db/pkg/app-lab/slot-user-1.0/RDEPEND')).toBe('dev-lab/slotted:1/1=')
  })
}
