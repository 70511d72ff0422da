/** Every forged stage3 of the table through the command line: the exit, the code, and a disk that is as it was. */
import { readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../../src/system/process.ts'
import { forgedInputs } from '../../forged/inputs.ts'
import { makeKit, type Forged, type Kit } from '../../forged/kit.ts'
import type { Person } from '../kit.ts'
import { poisonedTarballs, type Poisoned } from './poisoned.ts'
import { listing } from './place.ts'

/** Two at once, each with a configuration and a data directory of its own. */
const LANES = 2

interface Lane {
  readonly config: string
  readonly data: string
}

export function forged(whose: () => Person): void {
  let kit: Kit
  let inputs: Forged[]
  let poisoned: Poisoned[]
  let lanes: Lane[]

  beforeAll(async () => {
    kit = await makeKit()
    inputs = await forgedInputs(kit)
    poisoned = await poisonedTarballs(kit)
    const home = join(whose().home, 'forged')
    lanes = Array.from({ length: LANES }, (_, n) => ({
      config: join(home, `config-${n}`),
      data: join(home, `data-${n}`),
    }))
    for (const { config, data } of lanes) await whose().gentoomuch(['init', '--config', config, '--data', data])
  }, 120_000)
  afterAll(async () => kit.remove())

  const bootstrap = async (lane: Lane, input: Forged, flags: readonly string[]) => {
    const trusted = join(lane.config, 'env/trusted.keys')
    await rm(trusted, { recursive: true, force: true })
    // What is no file belongs to a case, too.
    await run(['cp', '-a', '--', input.trustedKeys, trusted])
    await writeLock(lane, input)
    const launcher = join(whose().checkout, 'gentoomuch')
    const args = ['bootstrap', 'forged', input.tarball, '--config', lane.config, '--data', lane.data, ...flags]
    return whose().shell(['env', `GNUPGHOME=${input.userHome}`, launcher, ...args], [1, 2, 3, 0])
  }

  test('the table: refused for the right reason, each', async () => {
    expect(inputs.length).toBeGreaterThanOrEqual(60)
    const before = await disk(whose(), kit)
    const free = [...lanes]
    const beside = pLimit(LANES)
    const wrong: string[] = []
    const one = async (input: Forged) => {
      const lane = free.pop() ?? expect.unreachable('more at once than lanes')
      const was = await filesOf(lane)
      const { status, stdout } = await bootstrap(lane, input, ['--json'])
      const { error } = JSON.parse(stdout) as { error?: { code: string; message: string } }
      const said = `${status} ${error?.code}: ${error?.message}`
      if (status !== input.exit || error?.code !== input.code || !input.words.test(error.message))
        wrong.push(`${input.name}: wanted ${input.exit} ${input.code} ${input.words}, found ${said}`)
      const left = (await filesOf(lane)).filter((file) => !was.includes(file))
      if (left.length > 0) wrong.push(`${input.name}: left ${left.join(', ')}`)
      free.push(lane)
    }
    await Promise.all(inputs.map((input) => beside(() => one(input))))
    expect(wrong).toEqual([])
    expect(await disk(whose(), kit)).toEqual(before)
  })

  test('tarballs that are signed, and should not be unpacked', async () => {
    const before = await disk(whose(), kit)
    const [lane] = lanes
    if (lane === undefined) throw new Error('there are lanes')
    for (const { name, words, ...rest } of poisoned) {
      const input: Forged = { ...rest, name, words, code: '', exit: 3 }
      const { status, stderr } = await bootstrap(lane, input, [])
      expect(stderr, name).toMatch(words)
      expect(status, name).toBe(3)
      const { stdout } = await whose().shell([
        'bash',
        '-c',
        'cd "$1" && find store/seeds store/trees store/steps scratch -mindepth 1 -not -type d 2>/dev/null; find scratch -mindepth 2; find store/trees -mindepth 1 -maxdepth 1 2>/dev/null',
        'bash',
        lane.data,
      ])
      expect(stdout, name).toBe('')
    }
    expect(await disk(whose(), kit)).toEqual(before)
  })
}

/** Files of a configuration and a data directory, without what the test itself puts there, and what every run writes. */
async function filesOf({ config, data }: Lane): Promise<string[]> {
  const lines = await listing(config, data)
  const files = lines.flatMap((line) => /^(\S+[^/]) \d/.exec(line)?.[1] ?? [])
  return files.filter(
    (file) => !/\/env\/trusted\.keys\/|\/data-\d\/logs\/|\/gentoomuch\.lock$|\/(lock|embedded-ids\.json)$/.test(file),
  )
}

async function writeLock({ config }: Lane, { lock }: Forged): Promise<void> {
  const path = join(config, 'gentoomuch.lock')
  await rm(path, { force: true })
  if (lock === undefined) return
  const entry = {
    stage3: 'before.tar.xz',
    sha512: lock.sha512 ?? '0'.repeat(128),
    signedBy: '0'.repeat(40),
    ...(lock.signedAt === undefined ? {} : { signedAt: lock.signedAt }),
  }
  await writeFile(path, JSON.stringify({ version: 1, profiles: { forged: entry }, repositories: {} }))
}

/** Places where nothing may appear or change: those of the forgeries, of the system, and the names in folders for all. */
async function disk(person: Person, kit: Kit): Promise<string[]> {
  const whole = await listing(kit.root, '/etc', '/opt', '/srv', join(person.home, '.gnupg'))
  const names = await Promise.all(
    ['/', '/root', '/home', person.home].map(async (folder) =>
      (await readdir(folder).catch(() => [])).map((name) => join(folder, name)),
    ),
  )
  // Where everybody writes: what could be ours, or the forgeries'.
  const shared = await Promise.all(
    ['/tmp', '/var/tmp', tmpdir()].map(async (folder) =>
      (await readdir(folder))
        .filter((name) => /gm-|gentoomuch|stage3|evil/.test(name))
        .map((name) => join(folder, name)),
    ),
  )
  // gpg's agent of the kit has sockets and locks of its own.
  return [...whole, ...names.flat(), ...shared.flat()]
    .filter((line) => !/\/S\.|\.#lk|\.lock|random_seed|vitest|gm-keys-/.test(line))
    .toSorted()
}
