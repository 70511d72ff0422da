/** What a disk did to the store: noticed when it is used, named, made again, and what comes out has the same bytes. */
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { hashFile } from '../../src/system/hash.ts'
import { isRoot, type Person } from './kit.ts'
import { lastRecord } from './records.ts'

const MACHINE = 'porch'
const BUILD = ['stage', 'build', MACHINE]

/** `damage HOW PATH`: other bytes in a file's middle with its size and times as they were; or half of it; or nothing. */
const DAMAGE = `
damage() {
  local size=$(stat -c %s -- "$2")
  case $1 in
    flipped)
      cp -p -- "$2" /tmp/gentoomuch-before.$$
      printf '\\x55\\xaa\\x55' | dd of="$2" bs=1 seek=$((size / 2)) conv=notrunc status=none
      touch -r /tmp/gentoomuch-before.$$ -- "$2"; rm /tmp/gentoomuch-before.$$ ;;
    halved) truncate -s $((size / 2)) -- "$2" ;;
    emptied) : > "$2" ;;
    removed) rm -- "$2" ;;
  esac
}
damage "$1" "$2"`

export function damaged(whose: () => Person): void {
  beforeAll(() => whose().gentoomuch([...BUILD, ...whose().flags]))

  test('a package, its source and the record of the root', async () => {
    const who = whose()
    const before = await bytes(who)
    await forget(who, ['root', 'finish', 'pack', 'sign'], ['flipped', 'removed', 'removed', 'removed'])
    await damage(who, 'flipped', await fileOfPackage(who, 'dev-libs/libgreet-1.0'))
    await damage(who, 'halved', join(who.data, 'distfiles', await sourceOf(who, 'libgreet')))
    const { stderr } = await withMirrorAtHome(who, () => who.gentoomuch([...BUILD, ...who.flags]))
    expect(stderr).not.toContain('This is a bug')
    if (who.name === 'root') expect(stderr).toContain(`The mirror ${NO_MIRROR} is no folder here, and is not asked.`)
    expect(stderr).toMatch(/The record store\/steps\/[0-9a-f]{64}\.json was damaged; /)
    expect(stderr).toContain('The kept binary package of dev-libs/libgreet-1.0 was damaged; it is compiled again.')
    expect(stderr).toMatch(/The source libgreet\S+ is not what was verified; it is fetched again\./)
    expect(stderr).toMatch(/compile porch .*1 compiled, \d+ reused/)
    expect(await bytes(who)).toBe(before)
  })

  // Others may not touch what is in a tree.
  test.runIf(isRoot)('the finished tree, the packed tarball and the published one', async () => {
    const who = whose()
    const before = await bytes(who)
    const { tarball } = await who.published(MACHINE)
    await damage(who, 'halved', tarball)
    await damage(who, 'emptied', join(who.data, 'store/packed', (await stepOf(who, 'pack')).key, basename(tarball)))
    await damageTree(who, 'removed')
    const { stderr } = await who.gentoomuch([...BUILD, ...who.flags])
    expect(stderr).not.toContain('This is a bug')
    for (const what of ['pack', 'finish'])
      expect(stderr).toContain(`What is kept of "${what} porch" was damaged; it is made again.`)
    expect(stderr).toMatch(/stages\/porch\/\S+ was damaged; it is published again\./)
    expect(await bytes(who)).toBe(before)
  })

  test('a published signature, emptied or gone: it is made again', async () => {
    const who = whose()
    for (const how of ['emptied', 'removed']) {
      const { tarball } = await who.published(MACHINE)
      await damage(who, how, `${tarball}.asc`)
      const { stderr } = await who.gentoomuch([...BUILD, ...who.flags])
      expect(stderr).toMatch(/stages\/porch\/\S+ was damaged; it is published again\./)
      expect((await stat(`${(await who.published(MACHINE)).tarball}.asc`)).size).toBeGreaterThan(0)
    }
  })
}

async function bytes(who: Person): Promise<string> {
  return hashFile((await who.published(MACHINE)).tarball, 'sha512')
}

async function damage(who: Person, how: string, path: string): Promise<void> {
  await who.shell(['bash', '-c', DAMAGE, 'bash', how, path])
}

const stepOf = (who: Person, kind: string) => lastRecord(who, `${kind}:demo/${MACHINE}`)

/** Damages or removes the records of steps of the machine. */
async function forget(who: Person, kinds: readonly string[], hows: readonly string[]): Promise<void> {
  const records = await Promise.all(kinds.map((kind) => stepOf(who, kind)))
  for (const [n, { path }] of records.entries()) await damage(who, hows[n] ?? 'removed', path)
  // Else nothing is looked at: what was published is there.
  await who.shell(['rm', '-rf', join(who.data, 'store/settled')])
}

const NO_MIRROR = '/nowhere/at/all'

/** Root's home is closed to others, on the host and in a seed; Portage fetches as another user. */
async function withMirrorAtHome<T>(who: Person, work: () => Promise<T>): Promise<T> {
  if (who.name !== 'root') return await work()
  const mirrors = join(who.demo, 'config/env/mirrors')
  const before = await readFile(mirrors, 'utf8')
  const folder = await mkdtemp('/root/gentoomuch-e2e-mirror-')
  try {
    const mirror = join(folder, 'distfiles')
    await cp(join(who.demo, 'miniature/distfiles'), mirror, { recursive: true })
    await writeFile(mirrors, `${NO_MIRROR}\n${mirror}\n`)
    return await work()
  } finally {
    await writeFile(mirrors, before)
    await rm(folder, { recursive: true })
  }
}

async function fileOfPackage(who: Person, cpv: string): Promise<string> {
  const mark = (await stepOf(who, 'compile')).value?.fingerprints?.[cpv] ?? expect.unreachable(`no ${cpv}`)
  return join(who.data, 'store/packages', mark, 'package.gpkg.tar')
}

async function sourceOf(who: Person, name: string): Promise<string> {
  const names = (await readdir(join(who.data, 'distfiles'))).filter((file) => file.startsWith(name))
  return names.toSorted()[0] ?? expect.unreachable(`no source of ${name}`)
}

/** A file of what the machine's root is made of; whoever owns it. */
async function damageTree(who: Person, how: string): Promise<void> {
  const layer = (await stepOf(who, 'finish')).value?.tree?.layers.at(-1) ?? expect.unreachable('no finished tree')
  await who.shell([
    'bash',
    '-c',
    `${DAMAGE.replace('damage "$1" "$2"', '')}
    damage "$1" "$(find "$2" -xdev -type f -path '*/usr/*' -size +0 -print -quit)"`,
    'bash',
    how,
    join(who.data, 'store/trees', layer),
  ])
}
