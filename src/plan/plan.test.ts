import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inOrder } from './graph.ts'
import { canonical, differences, digestOf, type Json } from './json.ts'
import { machineStep, planMachine, planProfile, type PlannedMachine } from './machines.ts'
import { planRepositories } from './snapshots.ts'
import { stepKey, type Output, type Step } from './step.ts'
import { judge } from './verdict.ts'

const step = (id: string, parents: Record<string, string> = {}, input: Json = {}): Step => ({
  id,
  kind: 'root',
  label: id,
  input,
  parents,
})
const NO_FINISH: PlannedMachine['finish'] = {
  scripts: [],
  files: [],
  folders: [],
  hostname: undefined,
  timezone: undefined,
  locales: [],
  services: [],
  removals: [],
}
const knowing = (outputs: Record<string, Output>, last: Record<string, Json> = {}) => ({
  recipe: () => ({}),
  outputOf: (one: Step) => Promise.resolve(outputs[one.id]),
  lastInput: (one: Step) => Promise.resolve(last[one.id]),
})

describe('canonical', () => {
  test('does not depend on the order of keys, and leaves undefined out', () => {
    expect(canonical({ b: [1, null], a: 'x', c: undefined })).toBe('{"a":"x","b":[1,null]}')
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (record) => {
        const turned = Object.fromEntries(Object.entries(record).toReversed())
        expect(digestOf(turned)).toBe(digestOf(record))
      }),
    )
  })
})

test('differences name the path and both values, files by their path', () => {
  const before = { portage: { files: [{ path: 'make.conf', bytes: 'USE="a"' }] }, jobs: 1 }
  const after = {
    portage: {
      files: [
        { path: 'env/x', bytes: 'y' },
        { path: 'make.conf', bytes: 'USE="b"' },
      ],
    },
    jobs: 1,
  }
  expect(differences(before, after)).toEqual([
    'portage.files.env/x: nothing → {"bytes":"y","path":"env/x"}',
    'portage.files.make.conf.bytes: USE="a" → USE="b"',
  ])
})

describe('inOrder', () => {
  test('puts parents first', () => {
    expect(inOrder([step('c', { x: 'b' }), step('a'), step('b', { x: 'a' })]).map((one) => one.id)).toEqual([
      'a',
      'b',
      'c',
    ])
  })
  test('refuses a circle and a missing parent', () => {
    expect(() => inOrder([step('a', { x: 'b' }), step('b', { x: 'a' })])).toThrow('want each other')
    expect(() => inOrder([step('a', { x: 'z' })])).toThrow('not in the graph')
  })
})

describe('judge', () => {
  const a = step('a')
  const b = step('b', { x: 'a' }, { flag: 'new' })
  const c = step('c', { x: 'b' })
  test('has, runs because of what changed, and does not know behind that', async () => {
    const have: Output = { digest: 'd', value: 1 }
    const before = { input: { flag: 'old' }, recipe: {}, parents: { x: 'd' } }
    const judged = await judge([a, b, c], knowing({ a: have }, { b: before }))
    expect(judged.map(({ verdict }) => verdict.word)).toEqual(['have', 'run', 'unknown'])
    expect(judged[1]?.verdict).toMatchObject({ because: ['flag: old → new'] })
  })
  test('a parent that came out equal leaves the key as it was', () => {
    expect(stepKey(b, {}, { x: 'd' })).toBe(stepKey({ ...b }, {}, { x: 'd' }))
    expect(stepKey(b, {}, { x: 'd' })).not.toBe(stepKey(b, {}, { x: 'e' }))
    expect(stepKey(b, { v: 1 }, { x: 'd' })).not.toBe(stepKey(b, { v: 2 }, { x: 'd' }))
  })
})

const SEED = { sha512: 's', primary: 'k', name: 'n', arch: 'amd64' }

test('two machines on one profile share its steps and nothing of their own', () => {
  const repository = {
    name: 'gentoo',
    revision: 'r',
    tree: 't',
    time: 1,
    location: '/var/db/repos/gentoo',
    cache: undefined,
  }
  const portage = { files: [], profile: undefined }
  const profile = planProfile({ name: 'p', seed: SEED, portage, sets: [], scripts: [] }, [repository])
  const machine = (name: string) =>
    planMachine(
      {
        name,
        profile: 'p',
        seed: SEED,
        arch: 'amd64',
        portage,
        sets: ['x'],
        finish: NO_FINISH,
        pack: { compression: 'zstd', nodes: undefined },
        signer: 'F',
      },
      [repository],
    )
  const steps = inOrder([
    ...new Map([...profile, ...machine('one'), ...machine('two')].map((one) => [one.id, one])).values(),
  ])
  expect(new Set(steps.map((one) => one.id)).size).toBe(steps.length)
  expect(steps.filter((one) => one.kind === 'builder')).toHaveLength(1)
  expect(steps.at(-1)?.id).toBe(machineStep('sign', { profile: 'p', name: 'two' }))
})

test.each<[string, Partial<PlannedMachine['finish']>]>([
  ['a removal', { removals: [{ pattern: '/usr/src/*', file: 'user.removes/slim', line: 1 }] }],
  [
    'a service',
    {
      services: [
        { name: 'sshd', is: 'starts' as const, runlevel: undefined, file: 'stage4.defines/m/services', line: 1 },
      ],
    },
  ],
  ['a locale', { locales: [{ text: 'de_CH.UTF-8 UTF-8', file: 'stage4.defines/m/locales' }] }],
  ['a time zone', { timezone: { name: 'Europe/Zurich', file: 'stage4.defines/m/timezone' } }],
])('%s more changes the input of finish, and of no other step', (_, more) => {
  const planned = (finish: PlannedMachine['finish']) =>
    planMachine(
      {
        name: 'm',
        profile: 'p',
        seed: SEED,
        arch: 'amd64',
        portage: { files: [], profile: undefined },
        sets: [],
        finish,
        pack: { compression: 'zstd', nodes: undefined },
        signer: undefined,
      },
      [],
    )
  const key = (one: Step) => stepKey(one, {}, {})
  const before = new Map(planned(NO_FINISH).map((one) => [one.id, key(one)]))
  const changed = planned({ ...NO_FINISH, ...more }).filter((one) => before.get(one.id) !== key(one))
  expect(changed.map((one) => one.kind)).toEqual(['finish'])
})

test('a repository without a metadata cache waits for the snapshots of its masters and for the seed that makes it', () => {
  const gentoo = { name: 'gentoo', revision: 'g', tree: 't', time: 1, location: '/g' }
  const other = { name: 'other', revision: 'x', tree: 't', time: 1, location: '/x' }
  const overlay = { name: 'overlay', revision: 'o', tree: 't', time: 2, location: '/o' }
  // These two inherit from each other.
  const planned = [
    {
      ...overlay,
      cache: {
        profile: 'p',
        seed: SEED,
        masters: [
          { ...gentoo, cached: true },
          { ...other, cached: false },
        ],
      },
    },
    {
      ...other,
      cache: {
        profile: 'p',
        seed: SEED,
        masters: [
          { ...overlay, cached: false },
          { ...gentoo, cached: true },
        ],
      },
    },
    { ...gentoo, cache: undefined },
  ]
  const steps = inOrder(planRepositories(planned))
  expect(steps.map(({ id }) => id).toSorted()).toEqual([
    'repository:gentoo',
    'repository:other',
    'repository:overlay',
    'seed:p',
    'snapshot:other',
    'snapshot:overlay',
  ])
  expect(steps.find(({ id }) => id === 'repository:overlay')).toMatchObject({
    kind: 'cache',
    input: { name: 'overlay', locations: { overlay: '/o', gentoo: '/g', other: '/x' } },
    parents: {
      snapshot: 'snapshot:overlay',
      'repository gentoo': 'repository:gentoo',
      'repository other': 'snapshot:other',
      seed: 'seed:p',
    },
  })
  expect(steps.find(({ id }) => id === 'repository:gentoo')).toMatchObject({ kind: 'repository', parents: {} })
})
