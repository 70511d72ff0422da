/** `gentoomuch.lock`: exactly what is used. Sorted, one fact a line, made to be committed. */
import { join } from 'node:path'
import * as v from 'valibot'
import { UserError } from '../errors.ts'
import { readIfThere, writeWhole } from '../system/files.ts'

const schema = v.object({
  version: v.literal(1),
  profiles: v.record(
    v.string(),
    v.object({
      stage3: v.string(),
      sha512: v.string(),
      signedBy: v.string(),
      /** What the stage3's Portage says of itself; missing where an earlier version of this program wrote the lock. */
      portage: v.exactOptional(v.object({ version: v.string(), incrementals: v.array(v.string()) })),
    }),
  ),
  repositories: v.record(
    v.string(),
    v.object({
      revision: v.string(),
      tree: v.string(),
      time: v.pipe(v.number(), v.integer()),
      signedBy: v.exactOptional(v.string()),
    }),
  ),
})

export type Lock = v.InferOutput<typeof schema>
export type LockedRepository = Lock['repositories'][string]

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
  return join(config, 'gentoomuch.lock')
}

/** @throws UserError `bad-lock` when the file is there and cannot be understood: never guessed around */
export async function readLock(config: string): Promise<Lock> {
  const path = lockPath(config)
  const text = await readIfThere(path).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    throw new UserError('bad-lock', `${path} cannot be read (${code ?? String(error)}).`, {
      hint: 'restore it from git, or remove it and bootstrap and sync again',
    })
  })
  if (text === undefined) return EMPTY
  const parsed = v.safeParse(schema, parseJson(text))
  if (parsed.success) return parsed.output
  const where = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the whole file').join(', ')
  throw new UserError('bad-lock', `${path} cannot be understood (${where}).`, {
    hint: 'restore it from git, or remove it and bootstrap and sync again',
  })
}

export async function writeLock(config: string, lock: Lock): Promise<void> {
  const sorted: Lock = { version: 1, profiles: byName(lock.profiles), repositories: byName(lock.repositories) }
  await writeWhole(lockPath(config), `${JSON.stringify(sorted, null, 2)}\n`)
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
