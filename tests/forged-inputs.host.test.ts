/** Each forged stage3 is refused with its own code and words, and leaves nothing behind. */
import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UserError } from '../src/errors.ts'
import { exists } from '../src/system/files.ts'
import { verifyStage3 } from '../src/upstream/stage3.ts'
import { forgedInputs } from './forged/inputs.ts'
import { makeKit, type Forged, type Kit } from './forged/kit.ts'

const signal = new AbortController().signal
const TMPDIR = process.env['TMPDIR']
let kit: Kit
let forged: Forged[]
let aside: string

beforeAll(async () => {
  kit = await makeKit()
  forged = await forgedInputs(kit)
  aside = await mkdtemp(join(tmpdir(), 'gm-test-'))
}, 120_000)

afterAll(async () => {
  await kit.remove()
  await rm(aside, { recursive: true, force: true })
})

/** Every file with what a change would change. */
async function listing(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true })
  const lines = entries.map(async (name) => {
    const { mode, size, mtimeMs, ino } = await lstat(join(folder, name))
    return `${name} ${mode} ${size} ${mtimeMs} ${ino}`
  })
  return (await Promise.all(lines)).toSorted()
}

async function verify(input: Forged, to: string) {
  const { tarball, trustedKeys, userHome, lock } = input
  const digests = `${tarball}.DIGESTS`
  return await verifyStage3({
    tarball,
    signature: `${tarball}.asc`,
    ...((await exists(digests)) ? { digests } : {}),
    name: basename(tarball),
    to,
    sources: { trustedKeys, userHome, installedKeyring: join(aside, 'none'), signal },
    arch: 'amd64',
    known: new Set(lock?.sha512 === undefined ? [] : [lock.sha512]),
    ...(lock?.signedAt === undefined ? {} : { newerThan: lock.signedAt }),
    signal,
  })
}

test('what is not forged is taken', async () => {
  const place = await kit.place()
  await place.sign()
  await place.signDigests(await place.goodDigests())
  const to = join(aside, 'good')
  await mkdir(to)
  const { folder, tarball } = place
  const good = { ...(forged[0] as Forged), folder, tarball, trustedKeys: kit.trustedKeys, userHome: kit.userHome }
  expect(await verify(good, to)).toMatchObject({ primary: kit.key.upstream, arch: 'amd64' })
}, 30_000)

test('every forged input is refused for what it is, and nothing is written elsewhere', async () => {
  expect(forged.length).toBeGreaterThanOrEqual(60)
  expect(new Set(forged.map(({ name }) => name)).size).toBe(forged.length)
  const before = await listing(kit.root)
  const temporary = join(aside, 'tmp')
  await mkdir(temporary)
  process.env['TMPDIR'] = temporary
  const wrong: string[] = []
  try {
    for (const [index, input] of forged.entries()) {
      const to = join(aside, `to-${index}`)
      await mkdir(to)
      const error: unknown = await verify(input, to).catch((thrown: unknown) => thrown)
      const said = error instanceof UserError ? `${error.exit} ${error.code}: ${error.message}` : String(error)
      const fits = error instanceof UserError && error.code === input.code && error.exit === input.exit
      if (!fits || !input.words.test(error.message) || error.hint === undefined)
        wrong.push(`${input.name}: wanted ${input.code} ${String(input.words)}, got ${said}`)
      if ((await readdir(temporary)).length > 0) wrong.push(`${input.name}: left ${String(await readdir(temporary))}`)
    }
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  }
  expect(wrong).toEqual([])
  expect(await listing(kit.root)).toEqual(before)
}, 120_000)
