/** clean on a demo whose machine was changed and built several times: what goes, what comes free, and that nothing is missing then. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Person } from './kit.ts'

interface Answer {
  readonly removed: boolean
  readonly bytes: number
  readonly items: readonly { readonly what: string; readonly name: string; readonly why: string }[]
}

export function cleaning(person: () => Person): void {
  test('clean says what earlier builds left and frees it; nothing has to be built again', async () => {
    const who = person()
    const data = join(who.demo, 'data')
    const cleaned = async (...how: string[]): Promise<Answer> =>
      JSON.parse((await who.gentoomuch(['clean', ...how, '--json', ...who.flags])).stdout) as Answer
    const stages = await readdir(join(data, 'stages/porch'))

    const dry = await cleaned('--dry-run')
    expect(dry.removed).toBe(false)
    const earlier = dry.items.filter(({ why }) => why === 'of an earlier state than the newest 2')
    const kinds = new Set(earlier.map(({ what }) => what))
    expect([...kinds].toSorted()).toEqual(expect.arrayContaining(['package', 'packed', 'record', 'tree']))

    const before = await diskUse(who)
    const done = await cleaned('--yes')
    expect(done).toEqual({ ...dry, removed: true })
    // Its own log is new, and folders of trees that nobody else may enter are not seen by their size.
    expect(before - (await diskUse(who))).toBeGreaterThan(dry.bytes * 0.95)
    expect((await cleaned('--dry-run')).items).toEqual([])

    const plan = await who.gentoomuch(['stage', 'build', 'porch', '--dry-run', '--json', ...who.flags])
    const { steps } = JSON.parse(plan.stdout) as { steps: { verdict: string }[] }
    const verdicts = steps.map(({ verdict }) => verdict)
    expect(new Set(verdicts)).toEqual(new Set(['have']))
    const said = await who.inFinished('porch', ['greet', 'you'])
    expect(said.stdout).toContain('you')
    expect(await readdir(join(data, 'stages/porch'))).toEqual(stages)
  })
}

async function diskUse(who: Person): Promise<number> {
  // Trees belong to ids of their own: whoever owns them may look.
  const { stdout } = await who.shell([
    'bash',
    '-c',
    'du -s --block-size=1 "$1" 2>/dev/null || true',
    'bash',
    join(who.demo, 'data'),
  ])
  return Number.parseInt(stdout, 10)
}
