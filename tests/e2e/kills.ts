/**
 * A build is killed again and again, each time right before or after a call that publishes something; each run goes on
 * where the one before was killed and compiles nothing that was compiled before. What comes out in the end is what an undisturbed build had published.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { run } from '../../src/system/process.ts'
import { compileInjector, faulty, faultWords, type Fault } from '../faults/injector.ts'
import type { Person } from './kit.ts'
import { leftovers, nothingRuns } from './remains.ts'

const MACHINE = 'porch'

/**
 * In the order in which a build comes by. `*` in a path are any characters; what is put aside before something takes its
 * place begins with a dot.
 */
const KILLS: readonly Fault[] = [
  { how: 'after', operation: 'create', path: '.lock.holder.*' },
  { how: 'after', operation: 'create', path: 'store/.working.*' },
  { how: 'after', operation: 'rename', path: 'store/working' },
  // resolve
  { how: 'before', operation: 'rename', path: 'store/steps/*' },
  { how: 'after', operation: 'rename', path: 'store/steps/*' },
  // fetch
  { how: 'after', operation: 'rename', path: 'store/last/*' },
  // compile: packages, then their step
  { how: 'before', operation: 'rename', path: 'store/packages/[0-9a-f]*' },
  { how: 'after', operation: 'rename', path: 'store/packages/[0-9a-f]*' },
  { how: 'after', operation: 'rename', path: 'store/packages/[0-9a-f]*' },
  { how: 'before', operation: 'rename', path: 'store/steps/*' },
  // compile and root
  { how: 'after', operation: 'rename', path: 'store/steps/*', nth: 2 },
  // finish: its tree is there, and known to nobody
  { how: 'before', operation: 'create', path: 'store/steps/*' },
  // pack
  { how: 'before', operation: 'rename', path: 'store/packed/[0-9a-f]*' },
  { how: 'after', operation: 'rename', path: 'store/packed/[0-9a-f]*' },
  // sign
  { how: 'before', operation: 'rename', path: `stages/${MACHINE}/2*` },
  { how: 'after', operation: 'rename', path: `stages/${MACHINE}/2*` },
  { how: 'before', operation: 'rename', path: `stages/${MACHINE}/latest` },
  { how: 'after', operation: 'rename', path: `stages/${MACHINE}/latest` },
  { how: 'before', operation: 'unlink', path: 'store/working' },
]

export function kills(whose: () => Person): void {
  let who: Person
  let data: string
  let library: string
  let aside: string
  const build = ['stage', 'build', MACHINE]

  beforeAll(async () => {
    who = whose()
    data = join(who.demo, 'data')
    library = await compileInjector(who.home)
    await who.gentoomuch([...build, ...who.flags])
    aside = join(who.home, 'undisturbed')
    await forgetMachine(who, aside)
  })

  test.each(KILLS.map((fault, n) => ({ title: `${n + 1}: ${faultWords(fault)}`, fault })))(
    '$title',
    async ({ fault }) => {
      const kept = await packagesIn(data)
      const child = who.start([...build, ...who.flags], faulty(library, data, { fault }))
      const signal = await new Promise<NodeJS.Signals | null>((done) => child.once('exit', (_, by) => done(by)))
      expect(signal).toBe('SIGKILL')
      await nothingRuns(who)
      expect(await packagesIn(data)).toEqual(expect.arrayContaining(kept))
      for (const cpv of await compiledLast(data)) expect(kept).not.toContain(cpv)
    },
  )

  test('the next run ends right, with the bytes of an undisturbed build, and compiles nothing', async () => {
    const { stderr } = await who.gentoomuch([...build, ...who.flags])
    expect(stderr).not.toContain('This is a bug')
    await nothingRuns(who)
    expect(await leftovers(who)).toEqual([])
    const { folder, tarball } = await who.published(MACHINE)
    expect(folder.endsWith('latest')).toBe(true)
    await run(['cmp', tarball, join(aside, 'latest', tarball.split('/').at(-1) ?? '')])
    await who.shell(['bash', '-c', 'cd "$1" && sha256sum -c -- *.sha256', 'bash', folder])
    await run(['diff', '--brief', '-r', '-x', '*.asc', '-x', '*.DIGESTS', folder, join(aside, 'latest')])
    expect(await compiledLast(data)).toEqual([])
  })
}

/** Takes away what a machine's build gave: packages that only it needed compiled, records, tarballs; published builds go `aside`. */
async function forgetMachine(who: Person, aside: string): Promise<void> {
  const forget = `
    cd "$1" && mv "stages/$3" "$2"
    grep -lE '"id":"[a-z]+:demo/'"$3"'"' store/steps/*.json | xargs -r rm --
    grep -lE '"cpv":"(dev-libs/libgreet|app-misc/greet|app-misc/farewell)-' store/packages/*/entry.json | xargs -r -n 1 dirname | xargs -r rm -r --
    rm -rf store/packed/*`
  await who.shell(['bash', '-c', forget, 'bash', join(who.demo, 'data'), aside, MACHINE])
}

/** `category/package-version` of all packages in the store. */
async function packagesIn(data: string): Promise<string[]> {
  const folder = join(data, 'store/packages')
  const entries = (await readdir(folder)).filter((name) => !name.startsWith('.'))
  const texts = await Promise.all(entries.map((name) => readFile(join(folder, name, 'entry.json'), 'utf8')))
  return texts.map((text) => (JSON.parse(text) as { cpv: string }).cpv).toSorted()
}

/** Packages that the newest run began to compile. */
async function compiledLast(data: string): Promise<string[]> {
  const newest = (await readdir(join(data, 'logs'))).toSorted().at(-1) ?? ''
  const text = await readFile(join(data, 'logs', newest, 'events.jsonl'), 'utf8').catch(() => '')
  return [...text.matchAll(/"compiling (\S+) \(\d+ of \d+\)"/g)].flatMap(([, cpv]) => cpv ?? [])
}
