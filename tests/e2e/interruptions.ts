/** Ctrl-C, SIGTERM and kill -9 while a pipeline works: what is left at once, what after the next run, and whether that ends right. */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { run } from '../../src/system/process.ts'
import type { Person } from './kit.ts'

/** Which signal, and at which step of the machine. */
const MOMENTS: readonly (readonly [NodeJS.Signals, string])[] = [
  ['SIGINT', 'compile'],
  ['SIGTERM', 'root'],
  ['SIGKILL', 'compile'],
  ['SIGKILL', 'root'],
  ['SIGKILL', 'pack'],
]

export function interruptions(person: () => Person): void {
  test.each(MOMENTS)('%s during %s leaves nothing, and the next run ends right', async (signal, kind) => {
    const who = person()
    await newWork(who, `${signal}-${kind}`)
    const child = who.start(['stage', 'build', 'porch', ...who.flags])
    const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
    await stepBegun(who, `${kind}:demo/porch`, ended)
    await sleep(kind === 'pack' ? 50 : 1500)
    process.kill(child.pid ?? expect.unreachable('it did not start'), signal)
    const status = await ended
    if (signal !== 'SIGKILL') expect(status).toBe(130)
    await until(async () => (await processesOf(who)).length === 0, 'processes are left')
    expect(await mountsOf(who)).toEqual([])
    const next = await who.gentoomuch(['stage', 'build', 'porch', ...who.flags])
    expect(next.stderr).not.toContain('This is a bug')
    expect(await processesOf(who)).toEqual([])
    expect(await mountsOf(who)).toEqual([])
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

/** Processes inside containers have ids of the shifted range; helpers of ours name the demo in their arguments. */
async function processesOf(who: Person): Promise<string[]> {
  const { stdout } = await run(['ps', '-eo', 'pid=,uid=,args='])
  return stdout.split('\n').filter((line) => {
    const [, , uid = '0', args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return Number(uid) >= 1_000_000 || (args.includes(who.demo) && !args.startsWith('ps '))
  })
}

/** In any mount namespace there is. */
async function mountsOf(who: Person): Promise<string[]> {
  const { stdout } = await run([
    'bash',
    '-c',
    'grep -hsF -- "$1" /proc/[0-9]*/mountinfo | sort -u || true',
    'bash',
    who.demo,
  ])
  return stdout.split('\n').filter((line) => line !== '')
}

/** Temporary names anywhere in the data directory, anything in scratch, and trees that no step knows. */
async function leftovers(who: Person): Promise<string[]> {
  const data = join(who.demo, 'data')
  const temporary = await run([
    'bash',
    '-c',
    'cd "$1" && find logs stages distfiles store -path store/trees -prune -o \\( -name "*.tmp" -o -name ".unfinished*" -o -name "*.__download__" -o -name working \\) -print; find scratch -mindepth 2; find store/trees -maxdepth 1 -name ".*" -mindepth 1',
    'bash',
    data,
  ])
  const known = new Set<string>()
  for (const name of await readdir(join(data, 'store/steps'))) {
    const record = JSON.parse(await readFile(join(data, 'store/steps', name), 'utf8')) as {
      output: { value: { tree?: { layers: string[] } } | null }
    }
    for (const layer of record.output.value?.tree?.layers ?? []) known.add(layer)
  }
  const orphans = (await readdir(join(data, 'store/trees')))
    .filter((layer) => !known.has(layer))
    .map((layer) => `store/trees/${layer}`)
  return [...temporary.stdout.split('\n').filter((line) => line !== ''), ...orphans]
}

async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await holds()) return
    await sleep(100)
  }
  throw new Error(otherwise)
}
