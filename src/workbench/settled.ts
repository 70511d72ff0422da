/**
 * Answers at once where nothing is to be done. A goal that was reached is written down with a mark of everything it was
 * planned from, as `stat` sees it. While the mark holds, and what was published is still there, planning would find each
 * step done; a mark that does not hold, or is old, only means that the whole plan is made.
 */
import { readlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../config/model.ts'
import { PROGRAMS } from '../execute/programs-folder.ts'
import type { Json } from '../plan/json.ts'
import { layoutOf } from '../store/layout.ts'
import { dropSettledBefore, forgetSettled, keepSettled, readSettled, type SettledBuild } from '../store/settled.ts'
import { cacheFolder } from '../system/cache.ts'
import { exists, filesIn } from '../system/files.ts'
import { statMark, type StatMark } from '../system/stat-mark.ts'
import { TARBALL } from './stages.ts'

export interface Asked {
  /** Absolute paths. */
  readonly config: string
  readonly data: string
  /** Names of stage4 definitions; all of them when empty. */
  readonly machines: readonly string[]
  readonly unsigned: boolean
}

export interface Reached {
  readonly machine: string
  /** Absolute path of the published folder. */
  readonly folder: string
}

/** Keys expire and are revoked without a file changing here: who may sign is asked again after this, in milliseconds. */
const STALE = 60 * 60 * 1000

/**
 * Everything a plan is made from: the configuration with its lock, keys on this host, this program with those that it has run
 * in containers. Taken before any of it is read. Of a signer's home that `env/sign.home` names see `signerPaths`.
 */
export function markOf({ config }: Pick<Asked, 'config'>): StatMark {
  const program = process.argv[1] ?? ''
  const keys = ['/usr/share/openpgp-keys', ...keyrings(gpgHome()), join(cacheFolder(), 'keys')]
  return statMark([config, process.execPath, program, PROGRAMS, ...keys])
}

function gpgHome(): string {
  return process.env['GNUPGHOME'] ?? join(homedir(), '.gnupg')
}

/** Where a GnuPG home has public keys: trusted ones (see `upstream/trust-roles.ts`), and what says which key signs. */
function keyrings(home: string): string[] {
  return ['pubring.kbx', 'pubring.gpg', 'public-keys.d/pubring.db'].map((name) => join(home, name))
}

/** Known only when the configuration was read: they are written down with what was reached. */
export function signerPaths({ env }: Pick<Config, 'env'>): string[] {
  return env.signer?.home === undefined ? [] : keyrings(env.signer.home)
}

/** What a plan is made from besides `markOf`. */
export interface Besides {
  readonly paths: readonly string[]
  readonly mark: StatMark
}

/** The builds of a goal of which nothing changed since it was reached; undefined where that is not sure. */
export async function reachedBefore(
  asked: Asked,
  mark: StatMark,
  now = Date.now(),
): Promise<readonly Reached[] | undefined> {
  const layout = layoutOf(asked.data)
  const known = await readSettled(layout, wordsOf(asked))
  if (known === undefined || known.mark !== mark.digest || now < known.at || now > known.at + STALE) return undefined
  if (statMark(known.besides.paths).digest !== known.besides.mark) return undefined
  // A run that was killed wants to be cleared up after, and one that is going on to be waited for.
  if (await exists(layout.working)) return undefined
  const there = await Promise.all(known.builds.map((build) => isThere(layout.stages, build)))
  if (!there.every(Boolean)) return undefined
  return known.builds.map(({ machine, build }) => ({ machine, folder: join(layout.stages, build) }))
}

/** @param marks taken before the goal was planned */
export async function rememberReached(
  asked: Asked,
  marks: { readonly mark: StatMark; readonly besides: Besides },
  reached: readonly Reached[],
  now = Date.now(),
): Promise<void> {
  const layout = layoutOf(asked.data)
  const { mark } = marks
  const besides = { paths: marks.besides.paths, mark: marks.besides.mark.digest }
  if (!mark.isSure || !marks.besides.mark.isSure) return forgetSettled(layout, wordsOf(asked))
  const builds = await Promise.all(reached.map((one) => buildOf(one)))
  await keepSettled(layout, wordsOf(asked), { mark: mark.digest, besides, at: now, builds })
  await dropSettledBefore(layout, now - STALE)
}

function wordsOf({ config, machines, unsigned }: Asked): Json {
  return { config, machines, unsigned }
}

async function buildOf({ machine, folder }: Reached): Promise<SettledBuild> {
  const files = await filesIn(folder)
  if (!Object.keys(files).some((name) => TARBALL.test(name)))
    throw new Error(`${folder} was published without a tarball`)
  return { machine, build: join(basename(dirname(folder)), basename(folder)), files }
}

/** Published as the latest build of its machine, and whole (signatures, sums and lists too) as far as sizes tell. */
async function isThere(stages: string, { build, files }: SettledBuild): Promise<boolean> {
  const folder = join(stages, build)
  const [latest, now] = await Promise.all([
    readlink(join(dirname(folder), 'latest')).catch(() => undefined),
    filesIn(folder).catch(() => undefined),
  ])
  return latest === basename(folder) && isDeepStrictEqual(now, files)
}
