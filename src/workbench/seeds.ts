/** A stage3 taken in: fetched, verified, kept. What was fetched is kept, for builds disappear from mirrors after a few weeks. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Lock, LockedProfile } from '../config/lock.ts'
import type { Config } from '../config/model.ts'
import { UserError } from '../errors.ts'
import type { Emit } from '../events.ts'
import type { Run } from '../execute/run.ts'
import { size } from '../report/size.ts'
import { exists, makeFolder, namesIn } from '../system/files.ts'
import { hashFile } from '../system/hash.ts'
import { moveFile, moveFolder, sweepMoves } from '../system/move.ts'
import { keySources } from '../upstream/key-sources.ts'
import { listFlavours, type LatestStage3 } from '../upstream/latest.ts'
import { mirrorRoots } from '../upstream/mirror-roots.ts'
import { obtainStage3, stage3Wish, type Stage3Files, type Stage3Wish } from '../upstream/stage3-source.ts'
import { verifyStage3, type VerifiedStage3 } from '../upstream/stage3.ts'
import { stage3Time } from '../upstream/stamp.ts'
import { stage3Role, withTrustedKeys } from '../upstream/trust.ts'
import { tellBytes, tellMirrors } from './downloads.ts'

/** What the caller asked for. */
export interface Stage3Choice {
  /** A path, an address or `-`; or the newest of a flavour. */
  readonly stage3: string | { readonly latest: string }
  /** Path or address of the detached signature, where it is not beside the tarball. */
  readonly signature: string | undefined
  /** Instead of those of env/mirrors and Gentoo's own. */
  readonly mirrors: readonly string[]
  readonly allowOlder: boolean
}

export interface TakenIn extends VerifiedStage3 {
  /** Takes it away again, where it was not here before: for what turns out to be no stage3. */
  readonly forget: () => Promise<void>
}

const STEP = { id: 'stage3', label: 'fetch and verify the stage3' } as const

/** @param before what the profile has: an older stage3 is refused */
export async function takeIn(
  config: Config,
  lock: Lock,
  run: Run,
  { choice, before }: { readonly choice: Stage3Choice; readonly before: LockedProfile | undefined },
): Promise<TakenIn> {
  const wish = wishOf(config, choice)
  run.emit({ type: 'step-started', ...STEP })
  const since = performance.now()
  const folder = await workingFolder(run, wish)
  try {
    const files = await obtain(config, run, wish, choice, folder)
    run.emit({ type: 'step-progress', id: STEP.id, text: `verifying ${files.name}` })
    const verified = await verify(config, lock, run, files, { choice, before, folder })
    if (wish.from === 'latest') warnIfStale(verified, run)
    const taken = await keep(verified, folder, run)
    const seconds = (performance.now() - since) / 1000
    run.emit({ type: 'step-done', ...STEP, how: 'ran', seconds, summary: `signed by ${verified.primary}` })
    return taken
  } finally {
    // What an interruption or a bad line left of a download is gone on with the next time.
    await forgetAllBut(folder, isPart)
  }
}

export interface Flavour extends LatestStage3 {
  /** In words. */
  readonly size: string
}

/** What upstream publishes for the architecture, as it signed it. Needs no data directory. */
export async function flavours(
  config: Config,
  mirrors: readonly string[],
  emit: Emit,
  signal: AbortSignal,
): Promise<Flavour[]> {
  const folder = await mkdtemp(join(tmpdir(), 'gentoomuch-'))
  try {
    const sources = keySources(config, signal)
    const roots = mirrorRoots(config, mirrors)
    const onMirror = tellMirrors(emit)
    const listed = await withTrustedKeys(stage3Role(sources), sources, (keys) =>
      listFlavours({ roots, arch: config.env.arch, keys, folder, signal, onMirror }),
    )
    return listed.map((one) => ({ ...one, size: size(one.bytes) }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function wishOf(config: Config, { stage3, mirrors }: Stage3Choice): Stage3Wish {
  if (typeof stage3 === 'string') return stage3Wish(stage3)
  return { from: 'latest', flavour: stage3.latest, roots: mirrorRoots(config, mirrors), arch: config.env.arch }
}

/** A download has a folder of its own that outlives the run; whatever comes another way is copied anew each time. */
async function workingFolder(run: Run, wish: Stage3Wish): Promise<string> {
  if (wish.from === 'file' || wish.from === 'stdin') return mkdtemp(join(run.layout.scratch, 'stage3-'))
  const words = wish.from === 'address' ? wish.address : `${wish.arch} ${wish.flavour}`
  const folder = join(run.layout.downloads, createHash('sha256').update(words).digest('hex').slice(0, 16))
  await makeFolder(folder)
  return folder
}

function obtain(
  config: Config,
  run: Run,
  wish: Stage3Wish,
  { signature }: Stage3Choice,
  folder: string,
): Promise<Stage3Files> {
  return obtainStage3(wish, {
    folder,
    signature,
    kept: (name, bytes) => keptSeed(run, name, bytes),
    sources: keySources(config, run.signal),
    onMirror: tellMirrors(run.emit),
    onBytes: tellBytes(run.emit, STEP.id),
    signal: run.signal,
  })
}

function verify(
  config: Config,
  lock: Lock,
  run: Run,
  { tarball, signature, digests, name }: Stage3Files,
  { choice, before, folder }: { choice: Stage3Choice; before: LockedProfile | undefined; folder: string },
): Promise<VerifiedStage3> {
  const newerThan = before === undefined ? undefined : (before.signedAt ?? stage3Time(before.stage3))
  return verifyStage3({
    tarball,
    signature,
    ...(digests === undefined ? {} : { digests }),
    name,
    to: folder,
    sources: keySources(config, run.signal),
    arch: config.env.arch,
    known: new Set(Object.values(lock.profiles).map(({ sha512 }) => sha512)),
    ...(newerThan === undefined ? {} : { newerThan }),
    allowOlder: choice.allowOlder,
    signal: run.signal,
  })
}

/**
 * Keeps exactly what was verified, by its sha512. The same stage3 under another name is kept under both: each profile finds
 * its own.
 */
async function keep(verified: VerifiedStage3, folder: string, run: Run): Promise<TakenIn> {
  const { seeds } = run.layout
  const { sha512, name } = verified
  const home = join(seeds, sha512)
  const path = join(home, name)
  if ((await hashFile(path, 'sha512').catch(() => undefined)) === sha512)
    return { ...verified, path, forget: () => Promise.resolve() }
  await makeFolder(seeds)
  await sweepMoves(seeds)
  await forgetAllBut(folder, (file) => file.startsWith(name) && !isPart(file))
  const added = (await readdir(folder)).map((file) => join(home, file))
  if (await exists(home)) for (const file of added) await moveFile(join(folder, basename(file)), file)
  else await moveFolder(folder, home)
  const forget = async () => {
    for (const file of added) await rm(file, { force: true })
    // Another name of it may still be there.
    await rmdir(home).catch(() => undefined)
  }
  return { ...verified, path, forget }
}

function isPart(name: string): boolean {
  return /\.part(\.json)?$/.test(name)
}

/** A tarball of that name and size that was verified once. */
async function keptSeed(run: Run, name: string, bytes: number): Promise<string | undefined> {
  for (const digest of await namesIn(run.layout.seeds)) {
    const path = join(run.layout.seeds, digest, name)
    if ((await stat(path).catch(() => undefined))?.size === bytes) return path
  }
  return undefined
}

const MONTH = 30 * 86_400

/** Upstream builds weekly: a mirror that has nothing newer may keep fixes away. */
function warnIfStale({ name, signedAt }: VerifiedStage3, run: Run): void {
  const days = Math.floor((Date.now() / 1000 - (stage3Time(name) ?? signedAt)) / 86_400)
  if (days * 86_400 <= MONTH) return
  run.emit({
    type: 'note',
    level: 'warning',
    text: `The newest stage3 that was found, ${name}, is ${days} days old.`,
    hint: 'the mirror may stand still: try another one with --mirror',
  })
}

async function forgetAllBut(folder: string, keeps: (name: string) => boolean): Promise<void> {
  const names = await namesIn(folder)
  await Promise.all(
    names.filter((name) => !keeps(name)).map((name) => rm(join(folder, name), { recursive: true, force: true })),
  )
  if (!names.some(keeps)) await rm(folder, { recursive: true, force: true })
}

/** Words of a command line as a choice. @throws UserError for a call that names no stage3, or two */
export function stage3Choice(
  stage3: string | undefined,
  { latest, ...rest }: Omit<Stage3Choice, 'stage3'> & { readonly latest: string | undefined },
): Stage3Choice {
  const hint = 'gentoomuch bootstrap PROFILE STAGE3, or gentoomuch bootstrap PROFILE --latest FLAVOUR'
  if (stage3 !== undefined && latest !== undefined)
    throw new UserError('two-stage3s', `A stage3 is named (${stage3}), and the latest ${latest} too.`, { hint })
  if (stage3 !== undefined) return { ...rest, stage3 }
  if (latest !== undefined) return { ...rest, stage3: { latest } }
  throw new UserError('no-stage3', 'bootstrap wants a stage3.', { hint })
}
