import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fetchAt } from './history.ts'
import { importRsynced } from './import-rsynced.ts'
import { keptSnapshots } from './kept-snapshots.ts'
import { fetchPinned, fetchRepository } from './repository.ts'
import { writeFiles } from '../system/files.testkit.ts'
import { makeWorld, type World } from './repository.testkit.ts'

let world: World
let folder: string
let gitDir: string

beforeAll(async () => {
  world = await makeWorld()
})

afterAll(() => world.remove())

beforeEach(async () => {
  gitDir = world.fresh('mirror')
  folder = world.fresh('folder')
  await mkdir(folder)
  await put('a', '1', 1_600_000_000)
})

const options = () => ({ gitDir, signal: world.signal })

async function put(file: string, content: string, time: number): Promise<void> {
  await writeFiles(folder, { [file]: content })
  await utimes(join(folder, file), time, time)
}

describe('a folder', () => {
  const source = (uri = folder) => world.source({ type: 'folder', uri })

  test('as it is now, by path and by file://', async () => {
    const found = await fetchRepository(source(), options())
    expect(found).toMatchObject({ type: 'folder', time: 1_600_000_000, primary: undefined })
    expect(await fetchRepository(source(pathToFileURL(folder).href), options())).toEqual(found)
  })

  test('one that was only touched is what was locked', async () => {
    const locked = await fetchRepository(source(), options())
    await put('a', '1', 1_700_000_000)
    expect(await fetchRepository(source(), { ...options(), locked })).toEqual(locked)
    await put('a', '2', 1_700_000_000)
    expect(await fetchRepository(source(), { ...options(), locked })).toMatchObject({ time: 1_700_000_000 })
  })

  test('a locked state: kept, or taken again while it is the same', async () => {
    const pinned = await fetchRepository(source(), options())
    await put('a', '1', 1_700_000_000)
    gitDir = world.fresh('mirror')
    expect(await fetchPinned(source(), pinned, options())).toEqual(pinned)
    await put('a', '2', 1_700_000_000)
    expect(await fetchPinned(source(), pinned, options())).toEqual(pinned)
    gitDir = world.fresh('mirror')
    await expect(fetchPinned(source(), pinned, options())).rejects.toMatchObject({
      code: 'repository-gone',
      message: `The state of overlay that gentoomuch.lock names is not in this data directory, and it was another state of ${folder}, which has changed since.`,
    })
  })

  test('a kept state of a folder is no signed one', async () => {
    const pinned = await fetchRepository(source(), options())
    const signed = world.source({ type: 'git', uri: '/nowhere' })
    await expect(fetchPinned(signed, pinned, options())).rejects.toMatchObject({
      code: 'repository-unverified',
      exit: 3,
    })
  })

  test('takes the place of what was signed only where repos.conf waives that', async () => {
    const plain = await fetchRepository(source(), options())
    const locked = { ...plain, type: 'git' as const, revision: '1'.repeat(40), signedBy: world.key }
    gitDir = world.fresh('mirror')
    await expect(fetchRepository(source(), { ...options(), locked })).rejects.toMatchObject({
      code: 'repository-unsigned',
      message: `The locked state of overlay is signed by ${world.key}, and ${folder} is a plain folder, where nothing is signed.`,
      hint: 'see whether a git repository is to lie there; sync-git-verify-commit-signature = no in the [overlay] section of repos.conf takes it as it is',
      exit: 3,
    })
    expect(await keptSnapshots(options())).toEqual([])
    const waived = { ...source(), verify: false }
    expect(await fetchRepository(waived, { ...options(), locked })).toEqual(plain)
    // Kept now, and still no signed one.
    for (const text of ['2026-01-01', plain.revision])
      await expect(fetchAt(source(), text, { ...options(), locked })).rejects.toMatchObject({
        code: 'repository-unsigned',
        exit: 3,
      })
    expect(await fetchAt(waived, '2026-01-01', { ...options(), locked })).toEqual(plain)
    expect(await fetchAt(source(), '2026-01-01', options())).toEqual(plain)
  })

  test('files of the future are of now', async () => {
    await put('a', '1', 4_000_000_000)
    const now = Math.floor(Date.now() / 1000)
    const { time } = await fetchRepository(source(), options())
    expect(time).toBeGreaterThanOrEqual(now)
    expect(time).toBeLessThan(now + 60)
  })

  test('no folder there', async () => {
    await expect(fetchRepository(source(join(folder, 'a')), options())).rejects.toMatchObject({
      code: 'no-such-folder',
      message: `The repository overlay is to come from ${folder}/a, where there is no folder.`,
      hint: 'see sync-uri in repos.conf, or env/repositories/overlay',
    })
  })
})

describe('importRsynced', () => {
  const source = (verify = true) => world.source({ type: 'rsync', uri: 'rsync://example.org/overlay', verify })
  /** Of the time stamp, and of the Manifest. */
  const [TIME, MANIFEST_TIME] = [1_768_524_301, 1_768_524_600]

  async function signManifest(text: string, by = world.key): Promise<void> {
    const written = world.fresh('manifest')
    await writeFile(written, text)
    await rm(join(folder, 'Manifest'), { force: true })
    await world.keys.gpg('--local-user', by, '--output', join(folder, 'Manifest'), '--clear-sign', written)
  }

  const dated = (time: string) => `MANIFEST a/Manifest.gz 5 SHA512 00\nTIMESTAMP ${time}\n`

  beforeEach(async () => {
    await put('metadata/timestamp.chk', 'Fri, 16 Jan 2026 00:45:01 +0000\n', 1)
    await signManifest(dated('2026-01-16T00:50:00Z'))
  })

  test('signed at the top, dated by what is signed', async () => {
    const found = await importRsynced(folder, source(), options())
    expect(found).toMatchObject({ type: 'rsync', time: MANIFEST_TIME, primary: world.key })
    expect(found).not.toHaveProperty('from')
    expect(await fetchPinned(source(), found, options())).toEqual(found)
    gitDir = world.fresh('mirror')
    await expect(fetchPinned(source(), found, options())).rejects.toMatchObject({
      code: 'repository-gone',
      message:
        'The state of overlay that gentoomuch.lock names is not in this data directory, and it was synced with rsync, which gives the newest state only.',
    })
  })

  test('no file that nobody signed makes it newer; unverified, it is as old as it says', async () => {
    await put('metadata/timestamp.x', '1800000000 x\n', 1)
    expect(await importRsynced(folder, source(), options())).toMatchObject({ time: MANIFEST_TIME })
    await rm(join(folder, 'metadata', 'timestamp.x'))
    expect(await importRsynced(folder, source(false), options())).toMatchObject({ time: TIME })
    await rm(join(folder, 'metadata'), { recursive: true })
    expect(await importRsynced(folder, source(), options())).toMatchObject({ time: MANIFEST_TIME })
  })

  test('of a time to come', async () => {
    await signManifest(dated('2126-01-16T00:50:00Z'))
    await expect(importRsynced(folder, source(), options())).rejects.toMatchObject({
      code: 'repository-future',
      message: 'The state of overlay that was found is from 2126-01-16T00:50:00.000Z, a time that is yet to come.',
      hint: "see whether this machine's clock is right (date), and set it if it is not",
      exit: 3,
    })
    await put('metadata/timestamp.x', '999999999999 x\n', 1)
    await expect(importRsynced(folder, source(false), options())).rejects.toMatchObject({ code: 'repository-future' })
    expect(await keptSnapshots(options())).toEqual([])
    const soon = Math.floor(Date.now() / 1000) + 80_000
    await put('metadata/timestamp.x', `${soon} x\n`, 1)
    expect(await importRsynced(folder, source(false), options())).toMatchObject({ time: soon })
  })

  test.each<[string, () => Promise<void>, string]>([
    ['no Manifest', () => rm(join(folder, 'Manifest')), 'snapshot-unsigned'],
    [
      'an unsigned one',
      () => writeFile(join(folder, 'Manifest'), dated('2026-01-16T00:50:00Z')),
      'snapshot-no-signature',
    ],
    ['a stranger', () => signManifest(dated('2026-01-16T00:50:00Z'), world.stranger), 'snapshot-unknown-key'],
    ['no time in it', () => signManifest('MANIFEST a 5 SHA512 00\n'), 'manifest-undated'],
    ['two times in it', () => signManifest(dated('2026-01-16T00:50:00Z').repeat(2)), 'manifest-undated'],
  ])('%s is refused', async (_what, spoil, code) => {
    await spoil()
    await expect(importRsynced(folder, source(), options())).rejects.toMatchObject({ code, exit: 3 })
  })

  test('a Manifest that was changed after it was signed', async () => {
    const text = await readFile(join(folder, 'Manifest'), 'utf8')
    await writeFile(join(folder, 'Manifest'), text.replace('00:50:00', '00:50:01'))
    await expect(importRsynced(folder, source(), options())).rejects.toMatchObject({ code: 'snapshot-bad-signature' })
  })

  test('the sentences', async () => {
    const hint =
      'sync from a mirror that signs its tree, or say sync-rsync-verify-metamanifest = no to take it unverified'
    await signManifest('MANIFEST a 5 SHA512 00\n')
    await expect(importRsynced(folder, source(), options())).rejects.toMatchObject({
      message: 'The signed Manifest of overlay does not say when it was made (TIMESTAMP).',
      hint,
    })
    await rm(join(folder, 'Manifest'))
    await expect(importRsynced(folder, source(), options())).rejects.toMatchObject({
      message: 'The rsync tree of overlay has no Manifest at its top, which would be signed.',
      hint,
    })
  })

  test('an older one than what is locked, and what is taken unverified', async () => {
    const locked = await importRsynced(folder, source(), options())
    await signManifest(dated('2026-01-15T00:50:00Z'))
    await expect(importRsynced(folder, source(), { ...options(), locked })).rejects.toMatchObject({
      code: 'repository-older',
    })
    await rm(join(folder, 'Manifest'))
    const unsigned = await importRsynced(folder, source(false), options())
    expect(unsigned).toMatchObject({ time: TIME, primary: undefined })
    await put('metadata/timestamp.chk', 'Thu, 15 Jan 2026 00:45:01 +0000\n', 1)
    await expect(importRsynced(folder, source(false), { ...options(), locked: unsigned })).rejects.toMatchObject({
      code: 'repository-older',
    })
  })
})
