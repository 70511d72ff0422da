/**
 * A repository as a signed archive on mirrors (`sync-type = webrsync`): copied first, then verified, so that what was
 * verified is what is taken in. Only git objects of it are kept.
 */
import { rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Interrupted, UserError } from '../errors.ts'
import type { GitSetting } from '../system/git.ts'
import { programSource } from '../system/stream.ts'
import { demandPast } from './future.ts'
import { importTar } from './import-tar.ts'
import type { Imported } from './import.ts'
import { fetchFrom, MirrorsFailed, someHas, textFrom } from './mirrors.ts'
import { keep, withIncoming } from './repository-mirror.ts'
import type { FetchProgress, Pinned, RepositorySnapshot, RepositorySource } from './repository-source.ts'
import { verifySnapshot } from './repository-trust.ts'
import { dayOfFile, daysFor, isOfDay, snapshotFile, TIMESTAMPS, timeOfRepository, timeText } from './snapshot-time.ts'
import { distrust } from './trust.ts'
import { makeFolder } from '../system/files.ts'

export interface WebrsyncOptions extends FetchProgress {
  readonly gitDir: string
  /** Its name on the mirrors, with a day in it; the newest one unless told. */
  readonly file?: string
  /** The newest snapshot may not be older than this, if this came by webrsync too. */
  readonly locked?: Pinned | undefined
  /** What the file has to be. */
  readonly pinned?: Pinned
}

/** A snapshot of Gentoo's has about 50 MiB, a signature about 1 KiB. */
const MAX = { archive: 2 * 1024 ** 3, signature: 64 * 1024 } as const

interface Copy {
  readonly root: string
  readonly archive: string
  readonly primary: string | undefined
}

/**
 * @throws UserError `no-mirrors`, `mirrors-failed`; exit 3 for what is unsigned, signed by another key, of another
 * day than its name says, of a day to come, older than what is locked, or not what is pinned (`lock-mismatch`)
 */
export async function fetchWebrsync(
  git: GitSetting,
  source: RepositorySource,
  options: WebrsyncOptions,
): Promise<RepositorySnapshot> {
  const { gitDir, file, pinned, signal } = options
  if (source.mirrors.length === 0) throw noMirrors(source)
  return await withIncoming(gitDir, async (folder) => {
    const name = file ?? snapshotFile(source.name, 'latest')
    const copy = await verifiedCopy(source, name, folder, options)
    const imported = await takeIn(git, source, copy.archive, signal)
    demandPast(source, imported.time)
    if (file === undefined) demandNotOlder(source, imported, options.locked)
    else demandOfDay(source, file, imported.time)
    if (pinned !== undefined && pinned.revision !== imported.revision) throw notThePinned(source, pinned, name)
    const from = file ?? (await datedName(source, copy, imported, folder, signal))
    const { revision, tree, time } = imported
    const { primary } = copy
    const facts = { ...(primary === undefined ? {} : { signedBy: primary }), ...(from === undefined ? {} : { from }) }
    await keep(git, gitDir, revision, { type: 'webrsync', ...facts }, signal)
    return {
      name: source.name,
      type: 'webrsync',
      revision,
      tree,
      time,
      primary,
      ...(from === undefined ? {} : { from }),
    }
  })
}

/** Archive and signature from one mirror. A mirror that is being updated may have them from two days, for a moment. */
async function verifiedCopy(
  source: RepositorySource,
  name: string,
  folder: string,
  options: WebrsyncOptions,
): Promise<Copy> {
  try {
    return await copyOnce(source, name, folder, options)
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'snapshot-bad-signature') throw error
    return await copyOnce(source, name, folder, options)
  }
}

/** Both from one mirror; the next one is asked where either is missing. */
async function copyOnce(
  source: RepositorySource,
  name: string,
  folder: string,
  options: WebrsyncOptions,
): Promise<Copy> {
  const path = `snapshots/${name}`
  let { mirrors } = source
  for (;;) {
    if (!source.verify) return { ...(await fetchArchive(mirrors, path, folder, options)), primary: undefined }
    // The signature first: it is small, and an archive without it is worth nothing.
    const { root, bytes } = await signatureOf(path, mirrors, options)
    mirrors = mirrors.slice(mirrors.indexOf(root) + 1)
    try {
      const { archive } = await fetchArchive([root], path, folder, options)
      const signature = `${archive}.gpgsig`
      await writeFile(signature, bytes)
      return { root, archive, primary: (await verifySnapshot(source, signature, archive)).primary }
    } catch (error) {
      if (!(error instanceof MirrorsFailed) || mirrors.length === 0) throw error
    }
  }
}

/** @throws UserError `snapshot-unsigned` where mirrors have the archive alone, `mirrors-failed` where they have neither */
async function signatureOf(
  path: string,
  mirrors: readonly string[],
  options: WebrsyncOptions,
): Promise<{ readonly root: string; readonly bytes: Buffer }> {
  try {
    return await textFrom(mirrors, `${path}.gpgsig`, { ...options, maxBytes: MAX.signature })
  } catch (error) {
    if (!(error instanceof MirrorsFailed) || !error.absent || !(await someHas(mirrors, path, options))) throw error
    const message = `The snapshot ${basename(path)} has no signature: ${basename(path)}.gpgsig is missing.`
    const hint = 'take it from a mirror that has both, or say sync-webrsync-verify-signature = no to take it unverified'
    throw distrust('snapshot-unsigned', message, hint, error)
  }
}

async function fetchArchive(
  mirrors: readonly string[],
  path: string,
  folder: string,
  options: WebrsyncOptions,
): Promise<{ readonly root: string; readonly archive: string }> {
  const archive = join(folder, basename(path))
  const { downloads } = options
  const to = downloads === undefined ? archive : join(downloads, basename(path))
  if (downloads !== undefined) await makeFolder(downloads)
  const { root } = await fetchFrom(mirrors, path, to, { ...options, maxBytes: MAX.archive })
  // From here on nobody else writes to it.
  if (to !== archive) await rename(to, archive)
  return { root, archive }
}

/** Decompresses what was verified, and makes it a commit. */
async function takeIn(
  git: GitSetting,
  { name }: RepositorySource,
  archive: string,
  signal: AbortSignal,
): Promise<Imported & { readonly folder: string }> {
  const tar = programSource(['xz', '-dc', '-T0', '--', archive], { signal, purpose: `to unpack ${name}` })
  return await importTar({
    git,
    name,
    tar,
    wanted: TIMESTAMPS,
    time: ({ files, newest }) => timeOfRepository(files) ?? newest,
    signal,
  })
}

/**
 * The name with a day that the mirror has the newest snapshot under: the one whose signature is of these bytes. Undefined
 * where it has none, or where nothing says that it is the same.
 */
async function datedName(
  source: RepositorySource,
  { root, archive }: Copy,
  { time, folder: inside }: Imported & { readonly folder: string },
  folder: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!source.verify) return undefined
  const told = dayOfFile(source.name, `${inside}.tar.xz`)
  const days = new Set([...(told === undefined ? [] : [told]), ...daysFor(time)])
  for (const day of days) {
    const name = snapshotFile(source.name, day)
    const signature = join(folder, `${name}.gpgsig`)
    try {
      const { bytes } = await textFrom([root], `snapshots/${name}.gpgsig`, { signal, maxBytes: MAX.signature })
      await writeFile(signature, bytes)
      await verifySnapshot(source, signature, archive)
      return name
    } catch (error) {
      if (!(error instanceof UserError) || error instanceof Interrupted) throw error
    }
  }
  return undefined
}

function demandOfDay({ name }: RepositorySource, file: string, time: number): void {
  const day = dayOfFile(name, file)
  if (day !== undefined && isOfDay(time, day)) return
  const message = `The snapshot ${file} says that it is from ${timeText(time)}: it is another day's.`
  throw distrust('snapshot-other-day', message, 'take it from another mirror')
}

function notThePinned({ name }: RepositorySource, { revision }: Pinned, file: string): UserError {
  const message = `The mirror's ${file} is not the state ${revision} of ${name} that gentoomuch.lock names.`
  return distrust('lock-mismatch', message, `take it from another mirror, or gentoomuch sync ${name}`)
}

/** An old snapshot has a good signature, too: whoever serves it keeps fixes away. */
export function demandNotOlder(
  { name, type }: RepositorySource,
  { time }: { readonly time: number },
  locked: Pinned | undefined,
): void {
  if (locked === undefined || (locked.type ?? 'git') !== type || time >= locked.time) return
  const [found, had] = [time, locked.time].map(timeText)
  const message = `The newest state of ${name} that was found is from ${found}, older than the locked one from ${had}.`
  throw distrust(
    'repository-older',
    message,
    `try another mirror, or take an older state on purpose: gentoomuch sync ${name} --to DAY`,
  )
}

function noMirrors({ name }: RepositorySource): UserError {
  return new UserError('no-mirrors', `${name} has sync-type webrsync, and no mirror is known to fetch it from.`, {
    hint: 'put a mirror of Gentoo, one a line, into env/mirrors',
  })
}
