/** `gentoomuch.lock`: exactly what is used. Sorted, one fact a line, made to be committed. */
import { join } from 'node:path'
import { z } from 'zod'
import { UserError } from '../errors.ts'
import { readIfThere, writeWhole } from '../system/files.ts'

const schema = z.object({
  version: z.literal(1),
  profiles: z.record(z.string(), z.object({ stage3: z.string(), sha512: z.string(), signedBy: z.string() })),
  repositories: z.record(
    z.string(),
    z.object({ revision: z.string(), tree: z.string(), time: z.number().int(), signedBy: z.string().optional() }),
  ),
})

export type Lock = z.infer<typeof schema>
export type LockedRepository = Lock['repositories'][string]

const EMPTY: Lock = { version: 1, profiles: {}, repositories: {} }

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
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole file').join(', ')
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
