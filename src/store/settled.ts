/** Goals that were reached: what was asked, what it was made of as `stat` sees it, and the builds that came out. */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, type Json } from '../plan/json.ts'
import { writeWhole } from '../system/files.ts'
import type { Layout } from './layout.ts'
import { readJson } from './steps.ts'

export interface SettledBuild {
  readonly machine: string
  /** A path below `stages`. */
  readonly build: string
  /** Names of the files in it, and their bytes. */
  readonly files: Readonly<Record<string, number>>
}

export interface Settled {
  /** Of everything that the goal was planned from; see `system/stat-mark.ts`. */
  readonly mark: string
  /** Paths that it was planned from besides, and their mark. */
  readonly besides: { readonly paths: readonly string[]; readonly mark: string }
  /** When it was settled, milliseconds since the epoch. */
  readonly at: number
  readonly builds: readonly SettledBuild[]
}

/** What is damaged counts as missing. Checked by hand: a library for it takes longer to load than all else that is done here. */
export async function readSettled(layout: Pick<Layout, 'settled'>, asked: Json): Promise<Settled | undefined> {
  const known = await readJson<Partial<Settled> | null>(pathOf(layout, asked))
  const { mark, besides, at, builds } = known ?? {}
  if (typeof mark !== 'string' || typeof at !== 'number' || !Array.isArray(builds)) return undefined
  return isBesides(besides) && builds.every(isBuild) ? { mark, besides, at, builds } : undefined
}

function isBesides(value: Partial<Settled['besides']> | null | undefined): value is Settled['besides'] {
  const { paths, mark } = value ?? {}
  return typeof mark === 'string' && Array.isArray(paths) && paths.every((path) => typeof path === 'string')
}

function isBuild(value: Partial<SettledBuild> | null): value is SettledBuild {
  const { machine, build, files } = value ?? {}
  return [machine, build].every((word) => typeof word === 'string') && typeof files === 'object' && files !== null
}

export async function keepSettled(layout: Pick<Layout, 'settled'>, asked: Json, value: Settled): Promise<void> {
  await writeWhole(pathOf(layout, asked), JSON.stringify(value))
}

export async function forgetSettled(layout: Pick<Layout, 'settled'>, asked: Json): Promise<void> {
  await rm(pathOf(layout, asked), { force: true })
}

/** What was written before `then` (milliseconds since the epoch) goes: nobody would believe it any more. */
export async function dropSettledBefore({ settled }: Pick<Layout, 'settled'>, then: number): Promise<void> {
  for (const name of await readdir(settled)) {
    const path = join(settled, name)
    const info = await stat(path).catch(() => undefined)
    if (info !== undefined && info.mtimeMs < then) await rm(path, { force: true })
  }
}

function pathOf({ settled }: Pick<Layout, 'settled'>, asked: Json): string {
  return join(settled, `${digestOf(asked)}.json`)
}
