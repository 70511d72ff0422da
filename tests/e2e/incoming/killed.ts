/** kill -9 at random moments of bootstrap and sync: the old state stands, or the new one does. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveFolder, type MirrorServer } from '../../kit/mirror-server.ts'
import type { Person } from '../kit.ts'
import { commitTo, lockOf, newPlace, type Place } from './place.ts'

const KILLS = 15

export function killed(whose: () => Person): void {
  let place: Place
  let mirror: MirrorServer

  beforeAll(async () => {
    place = await newPlace(whose(), 'killed')
    mirror = await serveFolder(place.upstream)
  })
  afterAll(async () => mirror.close())

  /** Starts a command and kills it after so many milliseconds; says whether it had ended by itself. */
  const kill = async (args: readonly string[], after: number): Promise<boolean> => {
    const child = place.person.start([...args, ...place.flags])
    const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
    const first = await Promise.race([ended.then(() => 'ended'), sleep(after).then(() => 'time')])
    if (first === 'time') process.kill(child.pid ?? expect.unreachable('it did not start'), 'SIGKILL')
    await ended
    return first === 'ended'
  }

  /** How long a command takes when nobody kills it. */
  const timed = async (args: readonly string[]): Promise<number> => {
    const since = performance.now()
    await place.person.gentoomuch([...args, ...place.flags])
    return performance.now() - since
  }

  const bootstrap = (profile: string) => ['bootstrap', profile, '--latest', 'openrc', '--mirror', mirror.url]

  test(`${KILLS} moments of bootstrap`, async () => {
    const whole = await timed(bootstrap('first'))
    const done = await lockOf(place)
    let ended = 0
    for (let n = 0; n < KILLS; n++) {
      const before = await lockOf(place)
      // Without the stage3 and its tree all of the work is there to be interrupted.
      if (before?.profiles['first'] !== undefined)
        await place.person.gentoomuch(['profile', 'rm', 'first', ...place.flags])
      const data = n % 3 === 0 ? `${place.data}-${n}` : undefined
      if (data !== undefined) place = { ...place, data, flags: ['--config', place.config, '--data', data] }
      const old = await lockOf(place)
      if (await kill(bootstrap('first'), (whole * (n + Math.random())) / KILLS)) ended++
      expect([old, done]).toContainEqual(await lockOf(place))
      const { stdout } = await place.person.gentoomuch(['profile', 'ls', ...place.flags])
      expect(stdout).toMatch(/^\* first |No profile has been bootstrapped yet/)
    }
    expect(ended).toBeLessThan(KILLS / 2)
    await place.person.gentoomuch([...bootstrap('first'), ...place.flags])
    expect(await lockOf(place)).toEqual(done)
    expect(await leftOver(place)).toEqual([])
  })

  test(`${KILLS} moments of sync`, async () => {
    const whole = await timed(['sync'])
    for (let n = 0; n < KILLS; n++) {
      const before = await lockOf(place)
      const ebuild = join(place.upstream, 'gentoo/app-misc/farewell/farewell-1.0.ebuild')
      await place.person.shell(['bash', '-c', 'printf "# %s\\n" "$2" >> "$1"', 'bash', ebuild, `kill ${n}`])
      const revision = await commitTo(place, `Change ${n}`)
      await kill(['sync'], (whole * (n + Math.random())) / KILLS)
      const after = await lockOf(place)
      expect([before?.repositories['gentoo']?.revision, revision]).toContain(after?.repositories['gentoo']?.revision)
      const { stdout } = await place.person.gentoomuch(['sync', '--list', ...place.flags])
      expect(stdout).toContain(`* gentoo  ${after?.repositories['gentoo']?.revision}`)
    }
    await place.person.gentoomuch(['sync', ...place.flags])
    expect(await leftOver(place)).toEqual([])
  })
}

async function leftOver({ person, data }: Place): Promise<string[]> {
  const { stdout } = await person.shell([
    'bash',
    '-c',
    'cd "$1" && find . -path ./store/trees -prune -o -path ./logs -prune -o \\( -name "*.tmp" -o -name ".unfinished*" -o -name "incoming-*" -o -name "*.lock" -o -name working \\) -print; find scratch -mindepth 2; find store/trees -maxdepth 1 -name ".*" -mindepth 1; find store/downloads -type f 2>/dev/null',
    'bash',
    data,
  ])
  return stdout.split('\n').filter((line) => line !== '')
}
