/** Roots assembled by our driver hold what plain emerge would have put there; what cannot be merged fails as in emerge. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Failure } from '../../src/events.ts'
import { SOURCE_EPOCH } from '../../src/execute/environment.ts'
import { Assembling, atOnce, EPOCH, type Assembled } from './assembling.ts'
import { BROKEN_PACKAGES, HARD_PACKAGES, HARD_REPOSITORY, HOOKS } from './assembly-repository.ts'

const FIRST = 'app-hard/first-1'
const HOOKED = [FIRST, 'app-hard/phases-1']

let [hooked, plainlyHooked]: Assembled[] = []
const failed = new Map<string, { readonly failure: Failure; readonly said: string }>()

beforeAll(
  () =>
    Assembling.with(HARD_REPOSITORY, [...HARD_PACKAGES, ...BROKEN_PACKAGES], async (on) => {
      ;[hooked, plainlyHooked] = await atOnce(on.merged('driver', HOOKED, HOOKS), on.merged('emerge', HOOKED, HOOKS))
      for (const cpv of BROKEN_PACKAGES)
        failed.set(cpv, await on.failing([FIRST, cpv, 'app-hard/empty-1'], 'ls /target/var/db/pkg/app-hard'))
    }),
  300_000,
)

function there(assembled: Assembled | undefined): Assembled {
  return assembled ?? expect.unreachable('nothing was assembled')
}

const textOf = (assembled: Assembled | undefined, path: string) =>
  there(assembled).listed.find((one) => one.path === path)?.text ?? expect.unreachable(`no ${path}`)

describe('a root', () => {
  test("holds what plain emerge puts there, and the user's hooks ran in every phase of every package", () => {
    expect(there(hooked).listed).toEqual(there(plainlyHooked).listed)
    const times = { setup: SOURCE_EPOCH, preinst: EPOCH, postinst: EPOCH }
    const lines = HOOKED.flatMap((cpv) =>
      Object.entries(times).flatMap(([phase, time]) =>
        ['pre', 'post'].map(
          (when) => `${when}_pkg_${phase} of ${cpv}: ROOT=/target EROOT=/target pkg_${phase} ${time}`,
        ),
      ),
    )
    expect(textOf(hooked, '/var/lib/hard/hooks').trimEnd().split('\n')).toEqual(lines)
  })
})

describe('what cannot be merged stops the assembly, with its name, its words and its log:', () => {
  test.each([
    ['bad-pretend', ' in its pretend phase', 'what bad-pretend says', 'first-1'],
    ['bad-setup', ' in its setup phase', 'what bad-setup says', 'first-1'],
    ['bad-preinst', ' in its preinst phase', 'what bad-preinst says', '-MERGING-bad-preinst-1\nfirst-1'],
    ['bad-postinst', ' in its postinst phase', 'what bad-postinst says', 'bad-postinst-1\nfirst-1'],
    ['thief', '', ' * app-hard/first-1:0::hard', 'first-1'],
    ['newline', '', ' * \t/usr/share/hard/new\\nline', 'first-1'],
  ])('%s', (name, phase, line, installed) => {
    const { failure, said } = failed.get(`app-hard/${name}-1`) ?? expect.unreachable()
    expect(failure).toMatchObject({
      message: `app-hard/${name}-1 failed${phase} while assembling the root of hard.`,
      package: `app-hard/${name}-1`,
      log: expect.stringMatching(`/app-hard:${name}-1:[0-9-]+\\.log$`) as string,
    })
    expect(failure.lastLines).toContain(line)
    expect(said.trim()).toBe(installed)
  })
})
