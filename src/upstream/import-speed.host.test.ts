import { afterAll, beforeAll, expect, test } from 'vitest'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { changesBetween } from './changes.ts'
import { repositoryFacts } from './facts.ts'
import { run } from '../system/process.ts'
import { importTar } from './import-tar.ts'
import { programSource } from '../system/stream.ts'
import { fetchRepository, withMirror, type RepositorySnapshot } from './repository.ts'
import { makeWorld, type World } from './repository.testkit.ts'

/** Ebuilds; each comes with an entry of the metadata cache and a Manifest. */
const EBUILDS = 10_000
const LONGEST_MS = 20_000

let world: World
let folder: string
let taken: RepositorySnapshot
let gitDir: string

beforeAll(async () => {
  world = await makeWorld()
  folder = world.fresh('folder')
  gitDir = world.fresh('mirror')
  for (let at = 0; at < EBUILDS; at += 1) {
    const name = `dev-${at % 170}/package${at}`
    put(
      `${name}/package${at}-1.ebuild`,
      `EAPI=8\nDESCRIPTION="${at}"\n${'inherit some words of an ebuild\n'.repeat(40)}`,
    )
    put(`${name}/Manifest`, `DIST ${name}.tar.xz ${at} BLAKE2B ${String(at).repeat(20)}\n`.repeat(4))
    put(`metadata/md5-cache/dev-${at % 170}/package${at}-1`, `DESCRIPTION=${at}\n${'RDEPEND=a/b c/d e/f\n'.repeat(30)}`)
  }
}, 60_000)

afterAll(() => world.remove())

function put(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const since = performance.now()
  const found = await work()
  const took = Math.round(performance.now() - since)
  console.log(`${what}: ${3 * EBUILDS} files in ${took} ms`)
  expect(took).toBeLessThan(LONGEST_MS)
  return found
}

test('a folder, for the first and for the second time', { timeout: 60_000 }, async () => {
  const source = world.source({ type: 'folder', uri: folder })
  const options = { gitDir, signal: world.signal }
  taken = await timed('folder', () => fetchRepository(source, options))
  expect(await timed('folder again', () => fetchRepository(source, options))).toEqual(taken)
})

test('a tar', { timeout: 60_000 }, async () => {
  const { signal } = world
  const found = await timed('tar', () =>
    withMirror(world.fresh('mirror'), signal, (git) => {
      const tar = programSource(['tar', '-C', dirname(folder), '-cf', '-', folder.split('/').at(-1) ?? ''], { signal })
      return importTar({ git, name: 'overlay', tar, wanted: [], time: () => taken.time, signal })
    }),
  )
  expect(found).toMatchObject({ revision: taken.revision, tree: taken.tree })
})

test('git, and what is read from it', { timeout: 60_000 }, async () => {
  await run(['git', '--git-dir', gitDir, 'update-ref', 'HEAD', taken.revision])
  const other = { gitDir: world.fresh('mirror'), signal: world.signal }
  const source = world.source({ uri: `file://${gitDir.replaceAll(' ', '%20')}`, verify: false })
  const fetched = await timed('git fetch', () => fetchRepository(source, other))
  expect(fetched.revision).toBe(taken.revision)
  const facts = await timed('facts', () => repositoryFacts(taken.revision, other))
  expect(facts).toMatchObject({ ebuilds: EBUILDS, cached: true })
  const empty = await run(['git', '--git-dir', other.gitDir, 'hash-object', '-t', 'tree', '-w', '/dev/null'])
  const changes = await timed('changes', () => changesBetween(empty.stdout.trim(), taken.revision, other))
  expect(changes.packages).toHaveLength(EBUILDS)
})
