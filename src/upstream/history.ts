/** `sync --to`: the state of a repository at a day, a time, or a revision. */
import { UserError } from '../errors.ts'
import { parseMoment, type Moment } from './history-moment.ts'
import { idsOf, lineUntil, type HistoryEntry } from './history-git.ts'
import { keptSnapshots, type KeptSnapshot } from './kept-snapshots.ts'
import { MirrorsFailed } from './mirrors.ts'
import { fetchGit } from './repository-git.ts'
import { believeGit, believeKept, fetchPinned, withMirror, type FetchOptions } from './repository.ts'
import type { RepositorySnapshot, RepositorySource } from './repository-source.ts'
import { demandStillSigned } from './repository-trust.ts'
import { snapshotFile } from './snapshot-time.ts'
import { distrust } from './trust.ts'
import { fetchWebrsync } from './webrsync.ts'

type DateMoment = Extract<Moment, { readonly kind: 'date' }>

/**
 * @param text see `parseMoment`
 * @throws UserError `bad-moment`, `no-such-snapshot`, `ambiguous-revision`; exit 3 as `fetchRepository`
 */
export async function fetchAt(
  source: RepositorySource,
  text: string,
  options: FetchOptions,
): Promise<RepositorySnapshot> {
  const moment = momentOf(text)
  const kept = await keptSnapshots(options)
  const found = await stateAt(source, moment, text, kept, options)
  demandStillSigned(source, found.primary, options.locked)
  return found
}

async function stateAt(
  source: RepositorySource,
  moment: Moment,
  text: string,
  kept: readonly KeptSnapshot[],
  options: FetchOptions,
): Promise<RepositorySnapshot> {
  if (moment.kind === 'revision') return await atRevision(source, moment.prefix, kept, options)
  switch (source.type) {
    case 'git':
      return await gitAtDate(source, moment, text, kept, options)
    case 'webrsync':
      return await webrsyncOfDay(source, moment, kept, options)
    case 'rsync':
    case 'folder': {
      const found = kept.find(({ type, time }) => type === source.type && time <= moment.until)
      if (found === undefined) throw noSuch(source, text, kept)
      return await withMirror(options.gitDir, options.signal, (git) =>
        believeKept(git, source, found.revision, options),
      )
    }
  }
}

/** What is kept first: that needs no network. */
async function atRevision(
  source: RepositorySource,
  prefix: string,
  kept: readonly KeptSnapshot[],
  options: FetchOptions,
): Promise<RepositorySnapshot> {
  const { gitDir, locked, signal } = options
  const id = only(
    source,
    prefix,
    kept.map(({ revision }) => revision).filter((revision) => revision.startsWith(prefix)),
  )
  if (id !== undefined) return await withMirror(gitDir, signal, (git) => believeKept(git, source, id, options))
  if (locked?.revision.startsWith(prefix) === true) return await fetchPinned(source, locked, options)
  if (source.type !== 'git') throw noSuch(source, prefix, kept)
  return await withMirror(gitDir, signal, async (git) => {
    const found = prefix.length === 40 ? prefix : only(source, prefix, await idsOf(source, prefix, options))
    if (found === undefined) throw noSuch(source, prefix, kept)
    await fetchGit(git, source, found, signal)
    return await believeGit(git, source, found, options)
  })
}

function only({ name }: RepositorySource, prefix: string, ids: readonly string[]): string | undefined {
  if (ids.length <= 1) return ids[0]
  const message = `${ids.length} revisions of ${name} begin with ${prefix}: ${ids.slice(0, 4).join(', ')}.`
  throw new UserError('ambiguous-revision', message, { hint: 'give more digits' })
}

async function gitAtDate(
  source: RepositorySource,
  { until }: DateMoment,
  text: string,
  kept: readonly KeptSnapshot[],
  options: FetchOptions,
): Promise<RepositorySnapshot> {
  const { gitDir, signal } = options
  return await withMirror(gitDir, signal, async (git) => {
    const { until: line, oldest } = await lineUntil(source, until, options)
    const [found] = line
    if (found === undefined) throw noSuch(source, text, kept, oldest)
    if (source.verify && !found.signed) throw unsignedThen(source, text, line)
    await fetchGit(git, source, found.id, signal)
    return await believeGit(git, source, found.id, options)
  })
}

async function webrsyncOfDay(
  source: RepositorySource,
  { day }: DateMoment,
  kept: readonly KeptSnapshot[],
  options: FetchOptions,
): Promise<RepositorySnapshot> {
  const { gitDir, signal } = options
  const file = snapshotFile(source.name, day)
  const found = kept.find(({ from }) => from === file)
  return await withMirror(gitDir, signal, async (git) => {
    if (found !== undefined) return await believeKept(git, source, found.revision, options)
    try {
      return await fetchWebrsync(git, source, { ...options, file })
    } catch (error) {
      throw error instanceof MirrorsFailed && error.absent ? noSuch(source, file, kept, undefined, error) : error
    }
  })
}

/** @throws UserError `bad-moment` */
export function momentOf(text: string): Moment {
  const moment = parseMoment(text)
  if (moment === undefined) throw badMoment(text)
  return moment
}

function badMoment(text: string): UserError {
  return new UserError('bad-moment', `${JSON.stringify(text)} is neither a day, a time nor a revision.`, {
    hint: 'write 2026-01-15, 2026-01-15T12:00Z, or at least seven digits of a revision',
  })
}

function unsignedThen(
  { name }: RepositorySource,
  text: string,
  [found, ...earlier]: readonly HistoryEntry[],
): UserError {
  const signed = earlier.find((entry) => entry.signed)
  const message = `The newest commit of ${name} at ${text} is ${found?.id ?? ''}, which is not signed.`
  const hint =
    signed === undefined
      ? `none of the ${earlier.length} before it is signed either: fetch ${name} from an address whose commits are`
      : `the nearest signed one before it is ${signed.id} of ${written(signed.time)}: gentoomuch sync ${name} --to ${signed.id}`
  return distrust('repository-unsigned', message, hint)
}

/** How many kept states an error names. */
const NAMED = 5

function noSuch(
  { name, type }: RepositorySource,
  wanted: string,
  kept: readonly KeptSnapshot[],
  oldest?: HistoryEntry,
  cause?: unknown,
): UserError {
  const shown = kept.slice(0, NAMED).map(({ revision, time }) => `${revision.slice(0, 12)} of ${written(time)}`)
  const more = kept.length > NAMED ? ` and ${kept.length - NAMED} older ones` : ''
  const here = kept.length === 0 ? 'nothing of it is kept here' : `kept here are ${shown.join(', ')}${more}`
  const began =
    oldest === undefined ? '' : `; its history begins with ${oldest.id.slice(0, 12)} of ${written(oldest.time)}`
  return new UserError('no-such-snapshot', `There is no state of ${name} for ${wanted}: ${here}${began}.`, {
    hint: HINTS[type],
    cause,
  })
}

const HINTS: Readonly<Record<RepositorySource['type'], string>> = {
  git: 'name a day, or a revision, that its history has',
  webrsync: 'mirrors keep snapshots for some weeks: name a later day, or one of those that are kept',
  rsync: 'rsync gives the newest state only: name one of those that are kept',
  folder: 'a folder has only what is in it now: name one of those that are kept',
}

function written(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 16)}Z`
}
