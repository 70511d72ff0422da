import { expect, test } from 'vitest'
import type { Lock } from '../config/lock.ts'
import type { Config } from '../config/model.ts'
import type { Repository } from '../portage/model.ts'
import { makerOf, plannedRepository, type Planning } from './repositories.ts'

const locked = { revision: 'a'.repeat(40), tree: 'b'.repeat(40), time: 1 }
const seed = { stage3: 's.tar.xz', sha512: 'c'.repeat(128), signedBy: 'D'.repeat(40) }
const config = (profile?: string) => ({ env: { arch: 'amd64', profile } }) as unknown as Config
const named = (name: string) => ({ name, location: `/r/${name}`, main: name === 'gentoo' }) as Repository

function planning(
  repositories: Readonly<Record<string, { masters?: string[]; cached?: boolean }>>,
  { profiles = ['p'], unlocked = [] }: { profiles?: string[]; unlocked?: string[] } = {},
): Planning {
  const names = Object.keys(repositories)
  const lock: Lock = {
    version: 1,
    profiles: Object.fromEntries(profiles.map((name) => [name, seed])),
    repositories: Object.fromEntries(names.filter((name) => !unlocked.includes(name)).map((name) => [name, locked])),
  }
  const facts = names.map((name) => {
    const { masters, cached = false } = repositories[name] ?? {}
    return [name, { masters: masters ?? [], inheritsMain: masters === undefined, cached }] as const
  })
  return {
    config: config(),
    lock,
    repositories: new Map(names.map((name) => [name, named(name)])),
    facts: new Map(facts),
  }
}

const mastersOf = (name: string, plan: Planning) =>
  plannedRepository(name, plan).cache?.masters.map((master) => [master.name, master.cached])

test('one that brings its cache, or that no seed could make one for, is taken as it is', () => {
  expect(plannedRepository('gentoo', planning({ gentoo: { masters: [], cached: true } })).cache).toBeUndefined()
  expect(plannedRepository('ov', planning({ ov: { masters: [] } }, { profiles: [] })).cache).toBeUndefined()
})

test('masters of masters are there, each once, whoever inherits from whom', () => {
  const plan = planning({
    gentoo: { masters: [], cached: true },
    a: { masters: ['b'] },
    b: { masters: ['a', 'gentoo'] },
    c: { masters: ['a', 'b'] },
  })
  expect(mastersOf('a', plan)).toEqual([['b', false], ['gentoo', true]]) // prettier-ignore
  expect(mastersOf('c', plan)).toEqual([['a', false], ['b', false], ['gentoo', true]]) // prettier-ignore
})

test('without a word about masters it inherits from the main repository', () => {
  expect(mastersOf('ov', planning({ gentoo: { masters: [], cached: true }, ov: {} }))).toEqual([['gentoo', true]])
})

test('a master that nobody names, or that was not synced, is said', () => {
  expect(() => plannedRepository('ov', planning({ ov: { masters: ['gone'] } }))).toThrow(
    'The repository ov inherits from gone, which no repos.conf names.',
  )
  const plan = planning({ gentoo: { masters: [], cached: true }, ov: {} }, { unlocked: ['gentoo'] })
  expect(() => plannedRepository('ov', plan)).toThrow('The repository gentoo has not been synced here yet.')
})

test('the chosen profile makes caches, else the first of the lock', () => {
  const { lock } = planning({}, { profiles: ['a', 'b'] })
  expect([makerOf(config(), lock), makerOf(config('b'), lock), makerOf(config('gone'), lock)]).toEqual(['a', 'b', 'a'])
})
