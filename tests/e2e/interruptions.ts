/** Ctrl-C, SIGTERM and kill -9 while a pipeline works: what is left at once, what after the next run, and whether that ends right. */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Person } from './kit.ts'
import { leftovers, nothingRuns, until } from './remains.ts'

/** Which signal, and at which step of the machine. */
const MOMENTS: readonly (readonly [NodeJS.Signals, string])[] = [
  ['SIGINT', 'compile'],
  ['SIGTERM', 'root'],
  ['SIGKILL', 'root'],
]

export function interruptions(person: () => Person): void {
  test.each(MOMENTS)('%s during %s leaves nothing, and the next run ends right', async (signal, kind) => {
    const who = person()
    await newWork(who, `${signal}-${kind}`)
    const child = who.start(['stage', 'build', 'porch', ...who.flags])
    const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
    await stepBegun(who, `${kind}:demo/porch`, ended)
    await sleep(1500)
    process.kill(child.pid ?? expect.unreachable('it did not start'), signal)
    const status = await ended
    if (signal !== 'SIGKILL') expect(status).toBe(130)
    await nothingRuns(who)
    const next = await who.gentoomuch(['stage', 'build', 'porch', ...who.flags])
    expect(next.stderr).not.toContain('This is a bug')
    await nothingRuns(who)
    expect(await leftovers(who)).toEqual([])
    const { folder } = await who.published('porch')
    expect(
      await readFile(join(folder, (await readdir(folder)).find((name) => name.endsWith('.packages')) ?? ''), 'utf8'),
    ).toContain('app-misc/greet-')
    expect(await readlink(join(who.demo, 'data/stages/porch/latest'))).toMatch(
      /^\d{8}T\d{6}Z-[0-9a-f]{12}-[0-9a-f]{8}$/,
    )
  })
}

/** A flag that only the library and what is built against it see: compiling, assembling and packing have to run again. */
async function newWork(who: Person, mark: string): Promise<void> {
  const piece = join(who.demo, 'config/portage.locals/colourful')
  const flags = `CFLAGS="-O2 -pipe -DMARK_${mark.replace('-', '_')}=1"\n`
  // As the person whose configuration it is: who could not remove the demo otherwise.
  const write =
    'mkdir -p "$1/env" && printf %s "$2" > "$1/env/marked.conf" && echo "dev-libs/libgreet marked.conf" > "$1/package.env"'
  await who.shell(['bash', '-c', write, 'bash', piece, flags])
}

async function stepBegun(who: Person, id: string, ended: Promise<number | null>): Promise<void> {
  let over = false
  void ended.then(() => (over = true))
  const before = (await readdir(join(who.demo, 'data/logs'))).length
  await until(async () => {
    if (over) throw new Error(`the run ended before ${id} began`)
    if ((await readdir(join(who.demo, 'data/logs'))).length === before && (await newestEnded(who))) return false
    const events = await who.events('stage-build').catch(() => [])
    return events.some((event) => event.type === 'step-started' && event.id === id)
  }, `${id} did not begin`)
}

/** Whether the newest log is that of a run that is over: then the new one has not begun to write. */
async function newestEnded(who: Person): Promise<boolean> {
  const events = await who.events('stage-build').catch(() => [])
  return events.some((event) => event.type === 'run-done')
}
