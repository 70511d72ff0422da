/** A configuration and a data directory of their own for what comes in, beside the demo whose miniature is upstream. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { commit } from '../../../miniature/commit.ts'
import { run } from '../../../src/system/process.ts'
import type { Person } from '../kit.ts'

export interface Place {
  readonly person: Person
  readonly config: string
  readonly data: string
  readonly flags: readonly string[]
  /** The miniature: a mirror's root. */
  readonly upstream: string
  /** `stage3-amd64-openrc-….tar.xz` */
  readonly stage3: string
  /** Path of the stage3 below `upstream`. */
  readonly path: string
}

/** The demo's configuration without what it has bootstrapped and synced. */
export async function newPlace(person: Person, name: string): Promise<Place> {
  const config = join(person.home, name, 'config')
  const data = join(person.home, name, 'data')
  await person.shell([
    'bash',
    '-c',
    'mkdir -p "$2" && cp -r "$1/." "$2" && rm -f "$2/gentoomuch.lock" "$2/env/profile"',
    'bash',
    join(person.demo, 'config'),
    config,
  ])
  const upstream = join(person.demo, 'miniature')
  const autobuilds = 'releases/amd64/autobuilds'
  const [stamp = ''] = (await readdir(join(upstream, autobuilds))).filter((one) => /^\d{8}T\d{6}Z$/.test(one))
  const stage3 = `stage3-amd64-openrc-${stamp}.tar.xz`
  const path = `${autobuilds}/${stamp}/${stage3}`
  return { person, config, data, flags: ['--config', config, '--data', data], upstream, stage3, path }
}

export interface Lock {
  readonly profiles: Readonly<Record<string, { stage3: string; sha512: string; signedBy: string; signedAt?: number }>>
  readonly repositories: Readonly<Record<string, { type?: string; revision: string; tree: string; time: number }>>
}

/** Undefined where there is none. */
export async function lockOf({ config }: Place): Promise<Lock | undefined> {
  const text = await readFile(join(config, 'gentoomuch.lock'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Lock)
}

/** Every file below the folders, with its size and time: what a refusal may not change. Logs are not counted. */
export async function listing(...folders: readonly string[]): Promise<string[]> {
  const found: string[] = []
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) await walk(path)
      const { size, mtimeMs, mode } = await stat(path).catch(() => ({ size: -1, mtimeMs: 0, mode: 0 }))
      found.push(entry.isDirectory() ? `${path}/ ${mode}` : `${path} ${size} ${mtimeMs} ${mode}`)
    }
  }
  for (const folder of folders) await walk(folder)
  return found.filter((line) => !/\/data\/logs\//.test(line)).toSorted()
}

/** A file of a configuration, written as the person whose it is. */
export async function writeAs({ person, config }: Place, path: string, text: string): Promise<void> {
  const write = 'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1"'
  await person.shell(['bash', '-c', write, 'bash', join(config, path), text])
}

/** Commits all changes in the miniature's repository, signed; gives the commit's id. */
export async function commitTo(
  { person, upstream }: Pick<Place, 'person' | 'upstream'>,
  message: string,
): Promise<string> {
  const repository = join(upstream, 'gentoo')
  const signingHome = join(upstream, 'private/repository')
  const id = await commit({ repository, signingHome, message, signal: new AbortController().signal })
  // The test may be root, and works in the name of the person whose it is.
  await run(['chown', '-R', '--reference', person.home, repository])
  return id
}
