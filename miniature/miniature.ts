/** A real Gentoo small enough for every test: `README.md` beside this file says what it is. */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Engine } from '../src/engine/engine.ts'
import { UserError } from '../src/errors.ts'
import type { Emit } from '../src/events.ts'
import { exists, writeWhole } from '../src/system/files.ts'
import { lockDirectory } from '../src/system/lock.ts'
import { withBase } from './base.ts'
import { commit } from './commit.ts'
import { copyAll } from './copy.ts'
import { keyOf } from './content.ts'
import { kept } from './kept.ts'
import { keys } from './keys.ts'
import { progress, type Making } from './making.ts'
import { STAGE3, STAMP } from './pins.ts'
import { publish, publishedKey } from './publish.ts'
import { completeRepository, repositoryKey } from './repository.ts'
import { seed, seedKey } from './seed.ts'

/** Every path is absolute and below `at`. */
export interface Miniature {
  /** The tarball; `.asc`, `.DIGESTS`, `.sha256` and `.CONTENTS.gz` lie beside it, the clearsigned lists one above. */
  readonly stage3: string
  /** A git repository with a working tree, its head commit signed. */
  readonly repository: string
  /** Flat; GENTOO_MIRRORS takes this path as it is, or the address of the folder above over HTTP. */
  readonly distfiles: string
  /** `gentoo-YYYYMMDD.tar.xz` with `.gpgsig` and `.md5sum`, and the same as `gentoo-latest.tar.xz`. */
  readonly snapshots: string
  /** Armoured public keys, one a role. */
  readonly keys: { readonly stage3: string; readonly repository: string; readonly snapshot: string }
  /** The GNUPGHOME of the repository's secret key. */
  readonly signingHome: string
}

export interface MiniatureOptions {
  /** Made, or replaced if an older miniature is there. */
  readonly at: string
  /** Holds what is costly, by content. */
  readonly cache: string
  readonly engine: Engine
  readonly emit: Emit
  readonly signal: AbortSignal
}

/** Publishes a miniature at `at`. A second call, with nothing of the recipe changed, only looks. */
export async function makeMiniature({ at, cache, engine, emit, signal }: MiniatureOptions): Promise<Miniature> {
  const to = resolve(at)
  const key = keyOf([await repositoryKey(), await seedKey(), STAMP])
  if ((await publishedKey(to)) === key) return places(to)
  await demandOurs(to)
  const making: Making = { cache: resolve(cache), engine, emit, signal }
  const lock = await lockDirectory(join(making.cache, 'lock'), {
    purpose: 'make the miniature',
    onWait: (holder) => emit({ type: 'waiting', for: holder }),
    signal,
  })
  try {
    const published = await kept(making.cache, 'published', key, (path) => make(making, path, key))
    await replace(published, to, signal)
  } finally {
    await lock.release()
  }
  return places(to)
}

/** Signs and commits whatever was changed in the repository's working tree; gives the commit's id. */
export async function commitToRepository(miniature: Miniature, message: string): Promise<string> {
  const { repository, signingHome } = miniature
  return commit({ repository, signingHome, message, signal: new AbortController().signal })
}

async function make(making: Making, path: string, key: string): Promise<void> {
  const made = await withBase(making, async (base) => {
    const repository = await completeRepository(making, base)
    return { repository, seed: await seed(making, base, repository) }
  })
  const parts = { ...made, keys: await keys(making) }
  progress(making, 6, 'signing')
  await publish(parts, path, making.signal)
  await writeWhole(join(path, 'miniature.json'), `${JSON.stringify({ key })}\n`)
}

function places(at: string): Miniature {
  const key = (role: string) => join(at, 'keys', `${role}.asc`)
  return {
    stage3: join(at, 'releases/amd64/autobuilds', STAMP, STAGE3),
    repository: join(at, 'gentoo'),
    distfiles: join(at, 'distfiles'),
    snapshots: join(at, 'snapshots'),
    keys: { stage3: key('stage3'), repository: key('repository'), snapshot: key('snapshot') },
    signingHome: join(at, 'private', 'repository'),
  }
}

/** Only an empty folder or an older miniature is replaced. */
async function demandOurs(at: string): Promise<void> {
  if (!(await exists(at)) || (await publishedKey(at)) !== undefined) return
  if ((await stat(at)).isDirectory() && (await readdir(at)).length === 0) return
  throw new UserError('not-a-miniature', `${at} is not empty and holds no miniature, so it is left alone.`, {
    hint: 'name a folder that does not exist yet',
  })
}

/** Copies a published miniature so that it appears whole. */
async function replace(published: string, at: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(at), { recursive: true })
  const aside = `${at}.${randomUUID()}`
  try {
    await copyAll(published, aside, signal)
    await rm(at, { recursive: true, force: true })
    await rename(aside, at)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}
