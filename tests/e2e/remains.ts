/** What a run that ended, however it did, may not leave. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { run, type Ran } from '../../src/system/process.ts'
import type { Person } from './kit.ts'

/**
 * Neither processes, once the kernel has ended them, nor mounts.
 * @param spared processes that may be left: what gpg started for itself is ended by the run after a kill
 */
export async function nothingRuns(who: Person, spared = /^$/): Promise<void> {
  const left = async () => (await processesOf(who)).filter((words) => !spared.test(words))
  await until(
    async () => (await left()).length === 0,
    async () => `processes are left: ${(await left()).join('; ')}`,
  )
  expect(await mountsOf(who)).toEqual([])
}

/** Those that name the demo or the data in their arguments, and those whose files are theirs: what runs in a container names nothing. */
async function processesOf(who: Person): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const of = await Promise.all(
    ids.map(async (id) => {
      // Whoever ended meanwhile does not run.
      const texts = await Promise.all(
        ['cmdline', 'mountinfo'].map((file) => readFile(`/proc/${id}/${file}`).catch(() => '')),
      )
      const names = [who.demo, who.data].flatMap((path) => [path, asMounted(path)])
      return texts.some((text) => names.some((name) => text.includes(name)))
        ? [`${id} ${String(texts[0]).replaceAll('\0', ' ')}`]
        : []
    }),
  )
  return of.flat()
}

/** How /proc/PID/mountinfo writes a path: proc(5). */
function asMounted(path: string): string {
  return path.replaceAll(/[\\ \t\n]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

/** In any mount namespace there is. */
async function mountsOf(who: Person): Promise<string[]> {
  const script = 'grep -hsF -e "$1" -e "$2" /proc/[0-9]*/mountinfo | sort -u || true'
  return lines(await run(['bash', '-c', script, 'bash', asMounted(who.demo), asMounted(who.data)]))
}

function lines({ stdout }: Ran): string[] {
  return stdout.split('\n').filter((line) => line !== '')
}

/** Temporary names anywhere in the data directory, anything in scratch but for failed containers, and trees that no step knows. */
export async function leftovers(who: Person): Promise<string[]> {
  const { data } = who
  const script = `
    cd "$1"
    find logs stages distfiles store -path store/trees -prune -o \\( -name "*.tmp" -o -name ".unfinished*" -o -name "*.__download__" -o -name working \\) -print
    find scratch -mindepth 2 -maxdepth 2
    find store/trees -maxdepth 1 -name ".*" -mindepth 1`
  const failed = await readFailed(data)
  const found = lines(await run(['bash', '-c', script, 'bash', data])).filter((path) => !failed.has(join(data, path)))
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
  return [...found, ...orphans]
}

/** What is kept for somebody who wants a shell where something failed. */
async function readFailed(data: string): Promise<Set<string>> {
  const names = await readdir(join(data, 'store/failed')).catch(() => [])
  const texts = await Promise.all(names.map((name) => readFile(join(data, 'store/failed', name), 'utf8')))
  const all = texts.map((text) => JSON.parse(text) as { container: string; folders: string[] })
  return new Set(all.flatMap(({ container, folders }) => [join(data, 'scratch/containers', container), ...folders]))
}

export async function until(holds: () => Promise<boolean>, otherwise: string | (() => Promise<string>)): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await holds()) return
    await sleep(100)
  }
  throw new Error(typeof otherwise === 'string' ? otherwise : await otherwise())
}
