/** `gentoomuch.lock`: exactly what is used. Sorted, one fact a line, made to be committed. */
import { lstat, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { UserError } from '../errors.ts'
import { isMissing, writeWhole } from '../system/files.ts'
import { followLink, foundWhere, refusal, type Kind } from './links.ts'
import { isBaseName, isProfileName, isRepositoryName } from './grammar.ts'
import { problem, type Problem } from './problem.ts'
import { unreachable } from './unreachable.ts'

/** What stands in the lock becomes part of paths and of command lines: nothing is taken that it could not have written. */
const baseName = v.pipe(v.string(), v.check(isBaseName))
const sha512 = v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/))
const commit = v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/))
const fingerprint = v.pipe(v.string(), v.regex(/^([0-9A-F]{40}|[0-9A-F]{64})$/))
const seconds = v.pipe(v.number(), v.integer(), v.minValue(0))

const schema = v.object({
  version: v.literal(1),
  profiles: v.record(
    v.pipe(v.string(), v.check(isProfileName)),
    v.object({
      stage3: baseName,
      sha512,
      signedBy: fingerprint,
      /** When it was signed, epoch seconds; missing where an earlier version of this program wrote the lock. */
      signedAt: v.exactOptional(seconds),
      /** What the stage3's Portage says of itself; missing where an earlier version of this program wrote the lock. */
      portage: v.exactOptional(v.object({ version: v.string(), incrementals: v.array(v.string()) })),
    }),
  ),
  repositories: v.record(
    v.pipe(v.string(), v.check(isRepositoryName)),
    v.object({
      /** How it came; `git` where it is missing. */
      type: v.exactOptional(v.picklist(['git', 'webrsync', 'rsync', 'folder'])),
      /** Commit id in the mirror; upstream's own for git, else made of the tree and the time. */
      revision: commit,
      tree: commit,
      time: seconds,
      /** Primary fingerprint; missing for what is taken unverified, as repos.conf says. */
      signedBy: v.exactOptional(fingerprint),
      /** What can be fetched again for this very state: the file name of a webrsync snapshot. */
      from: v.exactOptional(baseName),
    }),
  ),
})

export type Lock = v.InferOutput<typeof schema>
export type LockedRepository = Lock['repositories'][string]
export type LockedProfile = Lock['profiles'][string]

const NAME = 'gentoomuch.lock'
const PLACE = { file: NAME }

const EMPTY: Lock = { version: 1, profiles: {}, repositories: {} }

/**
 * Variables that the Portage of any bootstrapped profile stacks between its layers; undefined where none has been. One list
 * for all profiles: what one Portage stacks and another does not is continued by reference in make.conf, for both the same.
 */
export function incrementalsIn(lock: Lock): readonly string[] | undefined {
  const known = Object.values(lock.profiles).flatMap(({ portage }) => portage?.incrementals ?? [])
  return known.length === 0 ? undefined : [...new Set(known)].toSorted()
}

export function lockPath(config: string): string {
  return join(config, NAME)
}

export interface InspectedLock {
  /** Empty where there is none, or none that can be used. */
  readonly lock: Lock
  readonly problem?: Problem
}

/**
 * The lock, or why it cannot be used: it lies by the rules of the directory, and is never guessed around.
 * @param config absolute path of the configuration directory
 * @throws UserError `unreachable-configuration`
 */
export async function inspectLock(config: string): Promise<InspectedLock> {
  const kind = await kindOf(config)
  if (kind === undefined) return { lock: EMPTY }
  if (typeof kind !== 'string') return { lock: EMPTY, problem: kind }
  if (kind !== 'file') return { lock: EMPTY, problem: problem('not-a-file', PLACE, { found: foundWhere(kind) }) }
  try {
    return parsed(await readFile(lockPath(config), 'utf8'))
  } catch (error) {
    return { lock: EMPTY, problem: refusal(NAME, error) }
  }
}

/** @throws UserError `bad-lock` when the file is there and cannot be used, `unreachable-configuration` */
export async function readLock(config: string): Promise<Lock> {
  const { lock, problem: found } = await inspectLock(config)
  if (found === undefined) return lock
  throw new UserError(
    'bad-lock',
    `${lockPath(config)}: ${found.message}`,
    found.hint === undefined ? {} : { hint: found.hint },
  )
}

/** Undefined where there is none. A link may lead to another file of the directory. */
async function kindOf(config: string): Promise<Kind | Problem | undefined> {
  try {
    const info = await lstat(lockPath(config))
    if (info.isSymbolicLink()) return followLink(await realpath(config), NAME)
    return info.isFile() ? 'file' : info.isDirectory() ? 'folder' : 'other'
  } catch (error) {
    if (isMissing(error)) return undefined
    throw unreachable(config, error)
  }
}

function parsed(text: string): InspectedLock {
  const found = v.safeParse(schema, parseJson(text))
  if (found.success) return { lock: found.output }
  const where = found.issues.map((issue) => v.getDotPath(issue) ?? 'the whole file').join(', ')
  return { lock: EMPTY, problem: problem('bad-lock', PLACE, { where }) }
}

/** A lock that a killed run had not renamed yet lies in a folder that people look at, and commit. */
async function removeUnfinished(config: string): Promise<void> {
  const names = (await readdir(config)).filter((name) => name.startsWith(`.${NAME}.`) && name.endsWith('.tmp'))
  for (const name of names) {
    const path = join(config, name)
    const age = Date.now() - ((await lstat(path).catch(() => undefined))?.mtimeMs ?? Date.now())
    if (age > UNFINISHED_MS) await rm(path, { force: true })
  }
}

/** Somebody else may be writing it at this moment, on another data directory. */
const UNFINISHED_MS = 10_000

export async function writeLock(config: string, lock: Lock): Promise<void> {
  await removeUnfinished(config)
  const sorted: Lock = { version: 1, profiles: byName(lock.profiles), repositories: byName(lock.repositories) }
  await writeWhole(lockPath(config), `${JSON.stringify(sorted, null, 2)}\n`)
}

/**
 * Changes entries of the lock as it is now: hours may have gone by since it was read, and somebody may have pulled.
 * @returns what was written
 */
export async function updateLock(config: string, change: (now: Lock) => Lock): Promise<Lock> {
  const next = change(await readLock(config))
  await writeLock(config, next)
  return next
}

function byName<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
