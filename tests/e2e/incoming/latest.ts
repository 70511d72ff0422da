/** bootstrap from a mirror that publishes the miniature as upstream does, on a line and from servers that are as bad as they get. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveFolder, type Fault, type MirrorServer } from '../../kit/mirror-server.ts'
import type { Person } from '../kit.ts'
import { listing, lockOf, newPlace, type Place } from './place.ts'

export function latest(whose: () => Person): void {
  let place: Place
  let mirror: MirrorServer
  let bytes: number
  let down: string
  let names = 0

  beforeAll(async () => {
    place = await newPlace(whose(), 'latest')
    mirror = await serveFolder(place.upstream)
    bytes = (await stat(join(place.upstream, place.path))).size
    down = await nobodyThere()
  })
  afterAll(async () => mirror.close())

  const bootstrap = async (mirrors: readonly string[], accept: readonly number[] = [0]) => {
    const profile = `p${++names}`
    const args = ['bootstrap', profile, '--latest', 'openrc', ...mirrors.flatMap((one) => ['--mirror', one])]
    const ran = await place.person.gentoomuch([...args, ...place.flags], accept)
    return { profile, ...ran }
  }

  /** Forgets the stage3, but not its unpacked tree: the next one downloads and verifies, and unpacks nothing. */
  const forget = (profile: string) => place.person.gentoomuch(['profile', 'rm', profile, ...place.flags])

  const right = async (fault: Fault) => {
    const at = `/${place.path}`
    mirror.fault(at, fault)
    const before = mirror.seen(at).length
    const { profile, stdout, stderr } = await bootstrap([mirror.url])
    expect(stdout).toContain(place.stage3)
    expect((await lockOf(place))?.profiles[profile]?.stage3).toBe(place.stage3)
    const requests = mirror.seen(at).slice(before)
    mirror.fault(at)
    await forget(profile)
    return { stderr, requests }
  }

  test('what there is: --list', async () => {
    const { stdout } = await place.person.gentoomuch(['bootstrap', '--list', '--mirror', mirror.url, ...place.flags])
    expect(stdout).toMatch(/^openrc +[\d.]+ MiB +stage3-amd64-openrc-/)
    const json = await place.person.gentoomuch([
      'bootstrap',
      '--list',
      '--json',
      '--mirror',
      mirror.url,
      ...place.flags,
    ])
    expect(JSON.parse(json.stdout)).toMatchObject([{ flavour: 'openrc', name: place.stage3, bytes }])
  })

  test('cut at ten places: each time it goes on where it was', async () => {
    const cuts = Array.from({ length: 10 }, (_, n) => Math.floor((bytes * (n + 0.5)) / 10))
    const { requests, stderr } = await right({ cuts })
    expect(requests.map(({ range }) => range)).toEqual([undefined, ...cuts.map((at) => `bytes=${at}-`)])
    // The miniature is as old as it says: whoever serves it may keep fixes away.
    expect(stderr).toMatch(/The newest stage3 that was found, stage3-amd64-openrc-\S+, is \d+ days old/)
  })

  test('interrupted, it goes on in the next run', async () => {
    const at = `/${place.path}`
    mirror.fault(at, { bytesPerSecond: Math.ceil(bytes / 20) })
    const child = place.person.start([
      'bootstrap',
      'later',
      '--latest',
      'openrc',
      '--mirror',
      mirror.url,
      ...place.flags,
    ])
    const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
    await expect.poll(() => mirror.seen(at).length, { timeout: 60_000 }).toBeGreaterThan(0)
    const before = mirror.seen(at).length
    await new Promise((done) => setTimeout(done, 4000))
    process.kill(child.pid ?? expect.unreachable('it did not start'), 'SIGINT')
    expect(await ended).toBe(130)
    const { requests } = await right({})
    expect(requests[0]?.range).toMatch(/^bytes=[1-9]\d+-$/)
    expect(mirror.seen(at).length).toBeGreaterThan(before)
  })

  test('a slow server', async () => {
    const since = performance.now()
    await right({ bytesPerSecond: Math.ceil(bytes / 4) })
    expect(performance.now() - since).toBeGreaterThan(3000)
  })

  test('a redirect', async () => {
    const other = await serveFolder(place.upstream)
    const { requests } = await right({ redirect: `${other.url}/${place.path}` })
    expect(requests).toHaveLength(1)
    expect(other.seen(`/${place.path}`)).toHaveLength(1)
    await other.close()
  })

  test.each([
    ['too short', { lengthIsOffBy: -1000 }],
    ['too long', { lengthIsOffBy: 1000 }],
  ] satisfies [string, Fault][])(
    'a Content-Length that is %s: refused, and the next mirror is asked',
    async (_, fault) => {
      mirror.fault(`/${place.path}`, fault)
      const alone = await bootstrap([mirror.url], [1])
      expect(alone.stderr).toContain(`No mirror gave ${place.path}`)
      expect((await lockOf(place))?.profiles[alone.profile]).toBeUndefined()
      const other = await serveFolder(place.upstream)
      const both = await bootstrap([mirror.url, other.url])
      expect(both.stderr).toContain(`The mirror ${mirror.url} is passed over`)
      mirror.fault(`/${place.path}`)
      await other.close()
      await forget(both.profile)
    },
  )

  test('a 404 on the signature: not trusted, nothing is left; the next mirror has it', async () => {
    const signature = `/${place.path}.asc`
    mirror.fault(signature, { status: 404 })
    const before = await listing(join(place.person.home, 'latest'))
    const alone = await bootstrap([mirror.url], [3])
    expect(alone.stderr).toContain(`The stage3 ${place.stage3} has no signature`)
    expect(await listing(join(place.person.home, 'latest'))).toEqual(before)
    const other = await serveFolder(place.upstream)
    const both = await bootstrap([mirror.url, other.url])
    expect(other.seen(signature)).toHaveLength(1)
    mirror.fault(signature)
    await other.close()
    await forget(both.profile)
  })

  test('a mirror that is down, and the next one right', async () => {
    const { profile, stderr } = await bootstrap([down, mirror.url])
    expect(stderr).toContain(`The mirror ${down} is passed over`)
    await forget(profile)
  })

  test('an address, and what was fetched once is not fetched again', async () => {
    const at = `/${place.path}`
    const address = `${mirror.url}${at}`
    await place.person.gentoomuch(['bootstrap', 'address', address, ...place.flags])
    const before = mirror.seen(at).filter(({ method }) => method === 'GET').length
    await place.person.gentoomuch(['bootstrap', 'again', '--latest', 'openrc', '--mirror', mirror.url, ...place.flags])
    expect(mirror.seen(at).filter(({ method }) => method === 'GET')).toHaveLength(before)
    expect((await lockOf(place))?.profiles['again']).toEqual((await lockOf(place))?.profiles['address'])
  })

  test('standard input, with its signature', async () => {
    const file = join(place.upstream, place.path)
    const launcher = join(place.person.checkout, 'gentoomuch')
    const call = 'exec "$2" bootstrap piped - --signature "$1.asc" "${@:3}" < "$1"'
    const { stdout } = await place.person.shell(['bash', '-c', call, 'bash', file, launcher, ...place.flags])
    expect(stdout).toContain(`piped begins with ${place.stage3}`)
  })

  test('the same stage3 under another name is kept under both, and for whoever names it', async () => {
    const { person } = place
    const copy = join(person.home, 'latest/stage3.part1.tar.xz')
    const file = join(place.upstream, place.path)
    await person.shell(['bash', '-c', 'cp "$1" "$2" && cp "$1.asc" "$2.asc"', 'bash', file, copy])
    await person.gentoomuch(['bootstrap', 'copied', copy, ...place.flags])
    const isHere = async () =>
      (
        JSON.parse((await person.gentoomuch(['profile', 'ls', '--json', ...place.flags])).stdout) as {
          name: string
          here: boolean
        }[]
      ).map(({ name, here }) => [name, here])
    const all = [
      ['address', true],
      ['again', true],
      ['copied', true],
      ['piped', true],
    ]
    expect(await isHere()).toEqual(all)
    // Another configuration on this data directory takes it, and forgets it.
    const other = await newPlace(person, 'latest-other')
    const flags = ['--config', other.config, '--data', place.data]
    await person.gentoomuch(['bootstrap', 'theirs', file, ...flags])
    await person.gentoomuch(['profile', 'rm', 'theirs', ...flags])
    expect(await isHere()).toEqual(all)
  })

  test('profile update --latest takes the flavour that the profile has', async () => {
    const args = ['profile', 'update', 'piped', '--latest', '--mirror', mirror.url, ...place.flags]
    const { stderr } = await place.person.gentoomuch(args)
    // Seed first, then repositories, then the builder: said, not guessed.
    expect(stderr).toContain('gentoomuch sync')
  })
}

/** An address where nobody listens. */
async function nobodyThere(): Promise<string> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return `http://127.0.0.1:${port}`
}
