/**
 * What makes a package be compiled again. Each change has a run of its own, and what is compared is always all that the run
 * compiled. What concerns everything is shown on a machine of few packages.
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
import { FEW, OF_THE_BUILDER, rebuildsFiles, SET, textOf } from '../lab/rebuilds.ts'
import type { Person } from './kit.ts'
import { CAUSES, MANY, PIECE } from './rebuild-causes.ts'
import { lastRecord } from './records.ts'

const FEWER = 'lab-few'
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

  test.each(CAUSES.map((cause) => [cause.title, cause] as const))('compiled again by %s', async (title, cause) => {
    const { configured, committed, compiled, texts = {} } = cause
    if (configured !== undefined) await lab.configure(configured)
    if (committed !== undefined) {
      await lab.commit(title, committed)
      await who.gentoomuch(['sync', 'lab', ...who.flags])
    }
    expect(await pipeline(MANY)).toEqual(compiled.toSorted())
    for (const [name, text] of Object.entries(texts))
      expect([name, await inside(MANY, textOf(name))]).toEqual([name, text])
  })

  test('what was bound to the older sub-slot is bound to the new one; nothing of the old library is kept for anybody', async () => {
    for (const name of ['linked', 'bound'])
      expect(await inside(MANY, `var/db/pkg/app-lab/${name}-1.0/RDEPEND`)).toBe('dev-lab/abi:0/2=')
    const { stdout } = await run(['tar', '-tf', (await who.published(MANY)).tarball])
    expect(await inside(MANY, 'var/lib/portage/preserved_libs_registry')).toMatch(/^(?:\{\})?$/)
    expect(stdout.match(/var\/db\/pkg\/dev-lab\/abi-[^/]+\/$/gm)).toEqual(['var/db/pkg/dev-lab/abi-2.0/'])
  })

  test('nothing changed: nothing is compiled, planned anew or not', async () => {
    expect(await pipeline(MANY)).toEqual([])
    await lab.configure({ [`${PIECE}/package.use/color`]: '# A word more.\ndev-lab/lib color\n' })
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
    await lab.configure({ [`${PIECE}/package.mask/abi`]: 'dev-lab/abi:0/2\n' })
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
