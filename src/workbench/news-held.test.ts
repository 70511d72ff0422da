import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stepKey } from '../plan/step.ts'
import { layoutOf } from '../store/layout.ts'
import { StepStore } from '../store/steps.ts'
import { combined, heldPackages } from './news-held.ts'

const MACHINE = { name: 'porch', profile: 'p' }

let data: string
beforeEach(async () => void (data = await mkdtemp(join(tmpdir(), 'gm-held-'))))
afterEach(() => rm(data, { recursive: true }))

const held = () => heldPackages({ data, steps: new StepStore(layoutOf(data)) }, MACHINE)

/** As the scheduler keeps an answer; a later one stands beside the earlier. */
async function resolved(snapshot: string, ...cpvs: string[]): Promise<void> {
  const ingredients = { input: { portage: snapshot }, recipe: { version: 1 }, parents: { seed: 's' } }
  const key = stepKey({ kind: 'resolve', input: ingredients.input }, ingredients.recipe, ingredients.parents)
  const packages = cpvs.map((cpv) => ({ cpv, slot: '0', subslot: '1', repository: 'gentoo', use: ['nls'] }))
  const value = {
    packages: [
      ...packages.map((entry) => ({ ...entry, id: `target:${entry.cpv}` })),
      { id: 'builder:dev-util/tool-1', cpv: 'dev-util/tool-1', slot: '0', subslot: '0', repository: 'gentoo', use: [] },
    ],
  }
  const record = { id: 'resolve:p/porch', kind: 'resolve', key, output: { digest: key, value }, seconds: 1 }
  await new StepStore(layoutOf(data)).keep(record, ingredients)
}

async function published(build: string, packages: string): Promise<void> {
  const home = join(data, 'stages', MACHINE.name)
  await mkdir(join(home, build), { recursive: true })
  await writeFile(join(home, build, `stage4-${build}.tar.zst`), '')
  await writeFile(join(home, build, `stage4-${build}.tar.zst.packages`), packages)
  await rm(join(home, 'latest'), { force: true })
  await symlink(build, join(home, 'latest'))
}

const full = (cpv: string) => ({ cpv, slot: '0', subslot: '1', repository: 'gentoo', use: ['nls'] })

test('a machine that was never built has nothing', async () => {
  expect(await held()).toEqual([])
})

test('one that was never published has what was resolved last for its root', async () => {
  await resolved('one', 'a/b-1')
  await resolved('two', 'a/b-2', 'a/c-1')
  expect(await held()).toEqual([full('a/b-2'), full('a/c-1')])
})

test('one that was published has what its latest build lists', async () => {
  await published('1', 'a/b-0\n')
  await published('2', 'a/b-1\na/c-1\n')
  expect(await held()).toEqual([{ cpv: 'a/b-1' }, { cpv: 'a/c-1' }])
  await resolved('later', 'a/b-2', 'a/c-1')
  expect(await held()).toEqual([{ cpv: 'a/b-1' }, full('a/c-1')])
})

test('what is no package in the list is passed over', () => {
  const lines = ['a-b/c+d-1.2_rc3-r4', '', '# note', 'a/b', '../x-1', 'a/b-1 c', 'app.x/y_z-9999']
  expect(combined(lines, [])).toEqual([{ cpv: 'a-b/c+d-1.2_rc3-r4' }, { cpv: 'app.x/y_z-9999' }])
})
