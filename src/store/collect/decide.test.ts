import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import type { Facts, KnownRecord, Policy } from './facts.ts'

const DAY = 24 * 60 * 60 * 1000
const NOW = Date.UTC(2026, 5, 1)
const NO_POINTS = { trees: [], packages: [], packed: [], sources: [], snapshot: undefined }
const USUAL: Policy = { keep: 2, older: undefined }

const record = (id: string, key: string, daysAgo = 0, points: Partial<KnownRecord['points']> = {}): KnownRecord => ({
  id,
  key,
  at: NOW - daysAgo * DAY,
  points: { ...NO_POINTS, ...points },
})
const entry = (name: string, daysAgo = 0) => ({ name, at: NOW - daysAgo * DAY })

interface Told extends Partial<Omit<Facts, 'found'>> {
  readonly found?: Partial<Facts['found']>
}

function facts({ found, ...rest }: Told): Facts {
  const nothing = { packages: [], packed: [], stage3s: [], downloads: [], caches: [], indexes: [], sources: [] }
  return {
    now: NOW,
    records: [],
    unreadable: [],
    uses: [],
    owners: new Set(['p', 'p/m']),
    locked: new Map(),
    named: new Map(),
    seeds: new Set(),
    mirrors: new Map(),
    ownRun: 'own',
    ...rest,
    found: { ...nothing, logs: [], containers: [], ...found },
  }
}

const goingOf = (told: Told, policy = USUAL) =>
  decide(facts(told), policy).going.map(({ what, name }) => `${what} ${name}`)

describe('states of steps', () => {
  const states = [record('root:p/m', 'c', 1), record('root:p/m', 'b', 2), record('root:p/m', 'a', 3)]

  test.each([
    [1, ['record b', 'record a']],
    [2, ['record a']],
    [3, []],
  ])('the newest %i stay', (keep, going) => {
    expect(goingOf({ records: states }, { keep, older: undefined })).toEqual(going)
  })

  test('what a step went back to is its newest state, whenever it was made', () => {
    const uses = [{ id: 'root:p/m', key: 'a', at: NOW }]
    expect(goingOf({ records: states, uses }, { keep: 1, older: undefined })).toEqual(['record c', 'record b'])
  })

  test('a record that another step made stays for the one that uses it', () => {
    const uses = [{ id: 'root:p/m', key: 'shared', at: NOW }]
    const records = [record('root:p/gone', 'shared', 9), record('root:p/gone', 'own', 9)]
    expect(goingOf({ records, uses })).toEqual(['record own'])
  })

  test('of machines and profiles in no configuration nothing stays, their notes included; unknown ones all stay', () => {
    const records = [
      record('root:p/gone', 'a'),
      record('builder:old', 'b'),
      record('other:x', 'c'),
      record('sign:p/m', 'd'),
    ]
    const { going, deadSteps } = decide(facts({ records }), USUAL)
    expect(going).toMatchObject([{ name: 'a' }, { name: 'b' }])
    expect(going[0]?.why).toBe('no configuration has its machine or profile')
    expect(deadSteps).toEqual(['builder:old', 'root:p/gone'])
    expect(goingOf({ records, owners: undefined })).toEqual([])
  })

  test('layers stay with the roots that they were used for, and with trees that stand on them', () => {
    const tree = (...layers: string[]) => ({ trees: [{ engine: 'e', layers, digest: 'd' }] })
    const records = [
      record('root:p/m', 'new', 3, tree('shared', 'top')),
      record('root:p/m', 'old', 30, tree('other')),
      record('layer:1', 'beneath', 90, tree('shared')),
      record('layer:2', 'made-for-it', 3.1, tree('a')),
      record('layer:3', 'used-for-it', 90, tree('b')),
      record('layer:4', 'of-the-old-one', 30.1, tree('c')),
    ]
    const uses = [{ id: 'layer:3', key: 'used-for-it', at: NOW - 3.5 * DAY }]
    expect(goingOf({ records, uses }, { keep: 1, older: undefined })).toEqual(['record old', 'record of-the-old-one'])
    expect(decide(facts({ records, uses }), { keep: 1, older: undefined }).deadSteps).toEqual(['layer:4'])
    expect(goingOf({ records, uses }, { keep: 1, older: 30.05 * DAY })).toEqual([])
    expect(goingOf({ records: records.slice(2) })).toEqual(
      ['beneath', 'made-for-it', 'used-for-it', 'of-the-old-one'].map((key) => `record ${key}`),
    )
  })

  test('with an age only what nobody used for so long', () => {
    const policy = { keep: 1, older: 2.5 * DAY }
    expect(goingOf({ records: states }, policy)).toEqual(['record a'])
    expect(goingOf({ records: [record('root:p/gone', 'x', 2), record('root:p/gone', 'y', 3)] }, policy)).toEqual([
      'record y',
    ])
  })
})

test('what the states that stay point at stays; what only others point at goes; what nobody knows goes by age', () => {
  const records = [
    record('compile:p/m', 'new', 1, { packages: ['both', 'new'] }),
    record('compile:p/m', 'old', 9, { packages: ['both', 'old'] }),
    record('pack:p/m', 'packed-new', 1, { packed: ['packed-new'] }),
    record('pack:p/m', 'packed-old', 9, { packed: ['packed-old'] }),
    record('resolve:p/m', 'r-new', 1, { sources: ['s-both', 's-new'] }),
    record('resolve:p/m', 'r-old', 9, { sources: ['s-both', 's-old'] }),
  ]
  const found = {
    packages: [...['both', 'new', 'old', 'fresh'].map((name) => entry(name)), entry('stray', 31)],
    packed: ['packed-new', 'packed-old', 'stray'].map((name) => entry(name)),
    sources: ['s-both', 's-new', 's-old', 'by-hand'].map((name) => entry(name, 99)),
  }
  const decision = decide(facts({ records, found }), { keep: 1, older: undefined })
  expect(decision.going.map(({ what, name }) => `${what} ${name}`)).toEqual([
    'record old',
    'record packed-old',
    'record r-old',
    'package old',
    'package stray',
    'packed packed-old',
    'packed stray',
    'source s-old',
  ])
  expect(decision.strangeSources).toEqual(['by-hand'])
})

test('of repositories the named revisions stay, and the newest besides those of locks', () => {
  const revisions = ['r5', 'r4', 'r3', 'r2', 'r1']
  const tree = (revision: string) =>
    record('repository:gentoo', `tree-${revision}`, 0, { snapshot: { repository: 'gentoo', revision } })
  const told = {
    records: [...revisions.map(tree), record('repository:gentoo', 'of an older form')],
    mirrors: new Map([['gentoo', { at: NOW, revisions }]]),
    locked: new Map([['gentoo', new Set(['r4'])]]),
    named: new Map([['gentoo', new Set(['r4', 'r2'])]]),
  }
  expect(goingOf(told, { keep: 1, older: undefined })).toEqual([
    'record tree-r3',
    'record tree-r1',
    'record of an older form',
    'snapshot gentoo r3',
    'snapshot gentoo r1',
  ])
})

test('a mirror that nothing names goes whole; one that never held anything goes by age', () => {
  const named = new Map([['published', new Set(['p1'])]])
  const mirrors = new Map([
    ['published', { at: NOW, revisions: ['p2', 'p1'] }],
    ['forgotten', { at: NOW, revisions: ['f1'] }],
    ['syncing', { at: NOW, revisions: [] }],
    ['given-up', { at: NOW - 31 * DAY, revisions: [] }],
  ])
  expect(goingOf({ named, mirrors })).toEqual(['snapshot published p2', 'mirror forgotten', 'mirror given-up'])
})

test('stage3s stay by their names, caches and indexes by their repository', () => {
  const found = {
    stage3s: [entry('named', 9), entry('unnamed', 2), entry('just fetched')],
    caches: [entry('gentoo'), entry('gone')],
    indexes: [entry('gentoo'), entry('gone')],
    downloads: [entry('young', 29), entry('old', 31)],
  }
  const told = { found, seeds: new Set(['named']), locked: new Map([['gentoo', new Set(['r'])]]) }
  expect(goingOf(told)).toEqual(['stage3 unnamed', 'cache gone', 'index gone', 'download old'])
})

describe('logs', () => {
  const march = (day: number, hour = 0) => Date.UTC(2026, 2, day, hour)
  const run = (day: number) => ({ name: `202603${String(day).padStart(2, '0')}T000000Z-pipeline`, at: march(day) })
  const own = { name: '20260320T000000Z-clean', at: march(20) }
  const told = { now: march(20), ownRun: own.name, found: { logs: [run(1), run(2), run(3), own] } }

  test('go by age, but for the newest run and the one that asks', () => {
    expect(goingOf(told)).toEqual([])
    const going = [`log ${run(1).name}`, `log ${run(2).name}`]
    expect(goingOf(told, { keep: 2, older: 5 * DAY })).toEqual(going)
    expect(goingOf(told, { keep: 2, older: 18.5 * DAY })).toEqual([`log ${run(1).name}`])
    expect(goingOf({ ...told, now: march(20) + 60 * DAY })).toEqual(going)
  })

  test('that say why a container is kept stay with it', () => {
    const containers = [{ name: 'c', at: march(2, 12), isKnown: true }]
    const found = { ...told.found, containers }
    expect(goingOf({ ...told, found }, { keep: 2, older: 17.6 * DAY })).toEqual([`log ${run(1).name}`])
    expect(goingOf({ ...told, found }, { keep: 2, older: 5 * DAY })).toEqual([
      `log ${run(1).name}`,
      `log ${run(2).name}`,
      'container c',
    ])
  })
})

test('a container that no step knows goes at once', () => {
  const containers = [{ name: 'lost', at: NOW, isKnown: false }]
  expect(goingOf({ found: { containers } })).toEqual(['container lost'])
})

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f']
const some = fc.subarray(NAMES)
const times = fc.integer({ min: NOW - 90 * DAY, max: NOW })
const entries = some.chain((names) =>
  fc.tuple(...names.map((name) => times.map((at) => ({ name, at })))).map((list) => [...list]),
)
const ids = fc.constantFrom('root:p/m', 'root:p/n', 'compile:p/m', 'compile:p/gone', 'builder:p', 'other:q')
const records = fc.uniqueArray(
  fc.record({ id: ids, key: fc.constantFrom(...NAMES), at: times, packages: some, packed: some, sources: some }),
  { selector: ({ key }) => key },
)
const world = fc.record({
  records,
  uses: fc.array(fc.record({ id: ids, key: fc.constantFrom(...NAMES), at: times })),
  keep: fc.integer({ min: 1, max: 3 }),
  older: fc.option(fc.integer({ min: 0, max: 60 * DAY }), { nil: undefined }),
  packages: entries,
  packed: entries,
  sources: entries,
  stage3s: entries,
  seeds: some,
  revisions: some,
  named: some,
  locked: some,
})

test('whatever there is: no root goes, and nothing that something which stays points at', () => {
  fc.assert(
    fc.property(world, (one) => {
      const told = facts({
        records: one.records.map(({ id, key, at, ...points }) => ({
          id,
          key,
          at,
          points: { ...NO_POINTS, ...points },
        })),
        uses: one.uses,
        owners: new Set(['p', 'p/m', 'p/n']),
        seeds: new Set(one.seeds),
        mirrors: new Map([['gentoo', { at: NOW, revisions: one.revisions }]]),
        named: new Map([['gentoo', new Set([...one.named, ...one.locked])]]),
        locked: new Map([['gentoo', new Set(one.locked)]]),
        found: { packages: one.packages, packed: one.packed, sources: one.sources, stage3s: one.stage3s },
      })
      const { going, records: stay } = decide(told, { keep: one.keep, older: one.older })
      const gone = (what: string) => going.filter((thing) => thing.what === what).map(({ name }) => name)

      // Every record either stays or goes.
      expect([...stay, ...gone('record')].toSorted()).toEqual(told.records.map(({ key }) => key).toSorted())
      // What stays is whole.
      for (const { key, points } of told.records.filter((known) => stay.has(known.key)))
        for (const what of ['package', 'packed', 'source'] as const) {
          const needed = { package: points.packages, packed: points.packed, source: points.sources }[what]
          expect(
            needed.filter((name) => gone(what).includes(name)),
            `${what} of ${key}`,
          ).toEqual([])
        }
      // What each live step used last is there.
      for (const id of new Set(told.records.map((known) => known.id))) {
        if (id.endsWith('gone')) continue
        const uses = told.uses.filter((use) => use.id === id)
        for (const known of told.records)
          if (known.id === id && !uses.some(({ key }) => key === known.key)) uses.push(known)
        const there = uses.filter(({ key }) => told.records.some((known) => known.key === key))
        const last = there.toSorted((a, b) => b.at - a.at)[0]
        const tied = there.filter(({ at }) => at === last?.at)
        expect(tied.some(({ key }) => stay.has(key))).toBe(true)
      }
      // What is named stays.
      expect(gone('stage3').filter((name) => told.seeds.has(name))).toEqual([])
      const dropped = gone('snapshot').map((name) => name.split(' ')[1] ?? '')
      expect(dropped.filter((revision) => told.named.get('gentoo')?.has(revision) === true)).toEqual([])
      expect(gone('mirror')).toEqual([])
      // One state to go back to, where there is one.
      const others = one.revisions.filter((revision) => !one.locked.includes(revision))
      expect(others.length > 0 && others.every((revision) => dropped.includes(revision))).toBe(false)
    }),
    { numRuns: 500 },
  )
})
