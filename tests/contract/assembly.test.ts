/** Roots assembled by our driver hold what plain emerge would have put there; what cannot be merged fails as in emerge. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Failure } from '../../src/events.ts'
import { SOURCE_EPOCH } from '../../src/execute/environment.ts'
import { Assembling, atOnce, EPOCH, type Assembled } from './assembling.ts'
import { BROKEN_PACKAGES, HARD_PACKAGES, HARD_REPOSITORY, HOOKS, SETTINGS } from './assembly-repository.ts'

const FIRST = 'app-hard/first-1'
const HOOKED = [FIRST, 'app-hard/phases-1']
const FEW = [FIRST, 'app-hard/empty-1']

let [driver, again, plain]: Assembled[] = []
let [hooked, plainlyHooked]: Assembled[] = []
let fallback: Assembled | undefined
const failed = new Map<string, { readonly failure: Failure; readonly said: string }>()

beforeAll(
  () =>
    Assembling.with(HARD_REPOSITORY, [...HARD_PACKAGES, ...BROKEN_PACKAGES], async (on) => {
      ;[driver, again, plain] = await atOnce(
        on.merged('driver', HARD_PACKAGES, SETTINGS),
        on.merged('driver', HARD_PACKAGES, SETTINGS),
        on.merged('emerge', HARD_PACKAGES, SETTINGS),
      )
      ;[hooked, plainlyHooked, fallback] = await atOnce(
        on.merged('driver', HOOKED, HOOKS),
        on.merged('emerge', HOOKED, HOOKS),
        on.merged('unknown Portage', FEW),
      )
      for (const cpv of BROKEN_PACKAGES)
        failed.set(cpv, await on.failing([FIRST, cpv, 'app-hard/empty-1'], 'ls -A /target/var/db/pkg/app-hard'))
    }),
  300_000,
)

function there(assembled: Assembled | undefined): Assembled {
  return assembled ?? expect.unreachable('nothing was assembled')
}

/**
 * Emerge reads and writes again the saved environment of a package none of whose phases anybody defined. What differs then
 * are settings of the merge (without the driver) and of the build (with it), which whoever reads it next replaces by his own.
 */
function withoutSettings(assembled: Assembled | undefined) {
  const setting = /^declare -\S+ (?:FEATURES|PORTAGE_FEATURES|SOURCE_DATE_EPOCH|x)=/
  return there(assembled).listed.map((one) =>
    one.path.endsWith('/environment.bz2')
      ? { ...one, text: one.text?.split('\n').filter((line) => !setting.test(line)) }
      : one,
  )
}

const textOf = (assembled: Assembled | undefined, path: string) =>
  there(assembled).listed.find((one) => one.path === path)?.text ?? expect.unreachable(`no ${path}`)

describe('a root', () => {
  test('holds what plain emerge puts there, to the last file of /var/db/pkg', () => {
    expect(withoutSettings(driver)).toEqual(withoutSettings(plain))
  })
  test('is the same when it is assembled again, beside others', () => {
    expect(there(again).listed).toEqual(there(driver).listed)
    expect(there(driver).notes).toEqual([])
  })
  test('has what a setting of one package says for that package alone', () => {
    const paths = there(driver).listed.map(({ path }) => path)
    const of = (folder: string) => paths.filter((path) => path.startsWith(`/usr/share/${folder}/`))
    expect(of('masked-here')).toEqual(['/usr/share/masked-here/still'])
    expect([of('doc/masked-1'), of('doc/unmasked-1').length]).toEqual([[], 1])
    expect(textOf(driver, '/var/lib/hard/unmasked.said')).toMatch(/^pkg_postinst not own ;/)
  })
  test("has the user's hooks run, in every phase of every package", () => {
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
  test('is assembled by emerge where the driver does not know Portage, which is told', () => {
    expect(there(fallback).notes).toEqual([
      "warning: The builder's Portage is another one than the assembly knows: emerge does it, which takes longer.",
    ])
    expect(there(fallback).listed.map(({ path }) => path)).toContain('/usr/share/hard/empty')
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
