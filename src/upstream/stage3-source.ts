/**
 * Where a stage3 comes from, made into local files: the tarball, its signature, its DIGESTS where there are any. Nothing is
 * verified here but the list that names the latest one; `verifyStage3` takes what this gives.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { exists, isMissing } from '../system/files.ts'
import { HttpError, masked } from '../system/http-error.ts'
import type { Patience } from '../system/http-patience.ts'
import { download, sizeAt } from '../system/http.ts'
import { latestStage3 } from './latest.ts'
import { fetchFrom, isAddress, MirrorsFailed } from './mirrors.ts'
import type { FromMirrors } from './mirrors.ts'
import { beside, nameOf, placeOf, withName } from './place.ts'
import { copyInput, needsSignature } from './stage3-stdin.ts'
import type { Input } from './stage3-stdin.ts'
import { distrust, stage3Role, withTrustedKeys } from './trust.ts'
import type { KeySources } from './trust.ts'

export type Stage3Wish =
  /** A path of this host. */
  | { readonly from: 'file'; readonly path: string }
  /** http or https. */
  | { readonly from: 'address'; readonly address: string }
  | { readonly from: 'stdin' }
  /** The newest of a flavour, as `latestStage3` takes it. */
  | { readonly from: 'latest'; readonly flavour: string; readonly roots: readonly string[]; readonly arch: string }

/** Absolute paths. What was fetched lies in the folder; what was here already is left where it is. */
export interface Stage3Files {
  readonly tarball: string
  readonly signature: string
  readonly digests?: string
  /** Upstream's base name of the tarball. */
  readonly name: string
}

export interface Stage3SourceOptions extends Pick<FromMirrors, 'onMirror'> {
  /** Private, and there. What a cut or interrupted download left in it is continued. */
  readonly folder: string
  /** Path or address of the signature, where it is not the tarball's with `.asc` behind it. */
  readonly signature?: string | undefined
  /** A tarball of this name and size that is here already; verified like any other. */
  readonly kept?: ((name: string, bytes: number) => Promise<string | undefined>) | undefined
  /** Whom to believe the list of the latest stage3s. */
  readonly sources: KeySources
  /** Instead of Gentoo's own. */
  readonly pins?: readonly string[]
  /** Of the tarball. */
  readonly onBytes?: ((done: number, total: number | undefined) => void) | undefined
  readonly patience?: Partial<Patience> | undefined
  /** Standard input unless told. */
  readonly stdin?: Input
  readonly signal: AbortSignal
}

/** A signature has about 1 KiB, DIGESTS about 3. */
const MOST_BESIDE = 1024 * 1024

/** What a user may give: a path, an address (http, https, file), `-` for standard input. */
export function stage3Wish(word: string): Stage3Wish {
  if (word === '-') return { from: 'stdin' }
  const place = placeOf(word)
  return isAddress(place) ? { from: 'address', address: place } : { from: 'file', path: place }
}

/**
 * @throws UserError `stage3-missing` (exit 2), `stage3-unsigned` (exit 3), `stage3-stdin` (exit 2), what downloads and
 * `latestStage3` throw
 */
export async function obtainStage3(wish: Stage3Wish, options: Stage3SourceOptions): Promise<Stage3Files> {
  switch (wish.from) {
    case 'file':
      return await besideOf(placeOf(wish.path), options, demandFile)
    case 'address':
      return await besideOf(wish.address, options, fetchTarball)
    case 'stdin':
      return await fromInput(options)
    case 'latest':
      return await fromMirrors(wish, options)
  }
}

type GetTarball = (place: string, name: string, options: Stage3SourceOptions) => Promise<string>

/** What is small comes first: a stage3 without a signature is not worth its download. */
async function besideOf(place: string, options: Stage3SourceOptions, tarball: GetTarball): Promise<Stage3Files> {
  const name = demandName(place)
  if (!isAddress(place)) await demandFile(place)
  const signature = await demandSignature(options.signature ?? beside(place, '.asc'), name, options)
  const digests = await takeIfThere(beside(place, '.DIGESTS'), `${name}.DIGESTS`, options)
  return filesOf(await tarball(place, name, options), signature, digests, name)
}

/** What kind of file it is, and whether it may be read, is found when it is opened. */
async function demandFile(path: string): Promise<string> {
  try {
    await stat(path)
  } catch (error) {
    if (isMissing(error)) throw missing(`There is no stage3 at ${path}.`)
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw missing(`${path} is a link that leads nowhere.`)
    throw error
  }
  return path
}

async function fetchTarball(url: string, name: string, options: Stage3SourceOptions): Promise<string> {
  const { folder, kept, signal, onBytes, patience } = options
  const size = kept === undefined ? undefined : await sizeAt(url, { signal, patience: patience ?? {} })
  const here = size === undefined ? undefined : await kept?.(name, size)
  if (here !== undefined) return here
  const to = join(folder, name)
  try {
    await download({ url, to, signal, onBytes, patience })
  } catch (error) {
    throw isAbsent(error) ? missing(`There is no stage3 at ${masked(url)}.`, error) : error
  }
  return to
}

async function fromInput(options: Stage3SourceOptions): Promise<Stage3Files> {
  const given = options.signature
  const name = given === undefined ? undefined : /^(.+)\.asc$/.exec(demandName(given))?.[1]
  if (given === undefined || name === undefined) throw needsSignature(given)
  const place = placeOf(given)
  const signature = await demandSignature(place, name, options)
  const digests = await takeIfThere(withName(place, `${name}.DIGESTS`), `${name}.DIGESTS`, options)
  const tarball = join(options.folder, name)
  await copyInput(options.stdin ?? process.stdin, tarball, options)
  return filesOf(tarball, signature, digests, name)
}

async function fromMirrors(
  { flavour, roots, arch }: Stage3Wish & { from: 'latest' },
  options: Stage3SourceOptions,
): Promise<Stage3Files> {
  const { folder, sources, pins, kept, signal, onMirror, onBytes, patience } = options
  const asked = { signal, onMirror, patience }
  const { name, path, bytes } = await withTrustedKeys(stage3Role(sources, pins), sources, (keys) =>
    latestStage3({ ...asked, roots, arch, flavour, folder, keys }),
  )
  const signature = join(folder, `${name}.asc`)
  const digests = join(folder, `${name}.DIGESTS`)
  const small = { ...asked, maxBytes: MOST_BESIDE }
  await fetchFrom(roots, `${path}.asc`, signature, small).catch((error: unknown) => {
    throw error instanceof MirrorsFailed && error.absent
      ? unsigned(name, `${path}.asc`, 'try another mirror', error)
      : error
  })
  await fetchFrom(roots, `${path}.DIGESTS`, digests, small)
  const here = await kept?.(name, bytes)
  if (here !== undefined) return { tarball: here, signature, digests, name }
  const tarball = join(folder, name)
  // The signed list says how long it is, and the signature what it is: any mirror's bytes will do.
  await fetchFrom(roots, path, tarball, { ...asked, bytes, sameElsewhere: true, onBytes })
  return { tarball, signature, digests, name }
}

async function demandSignature(given: string, name: string, options: Stage3SourceOptions): Promise<string> {
  const place = placeOf(given)
  const taken = await takeIfThere(place, `${name}.asc`, options)
  if (taken !== undefined) return taken
  throw unsigned(name, masked(place), `put ${name}.asc beside the tarball, or say where it is with --signature`)
}

/** A small file: where it is on this host, or fetched as `name`; undefined where there is none. */
async function takeIfThere(place: string, name: string, options: Stage3SourceOptions): Promise<string | undefined> {
  if (!isAddress(place)) return (await exists(place)) ? place : undefined
  const { folder, signal, patience } = options
  const to = join(folder, name)
  try {
    await download({ url: place, to, maxBytes: MOST_BESIDE, signal, patience })
    return to
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof HttpError && (error.status === 404 || error.status === 410)
}

function filesOf(tarball: string, signature: string, digests: string | undefined, name: string): Stage3Files {
  return { tarball, signature, ...(digests === undefined ? {} : { digests }), name }
}

function demandName(place: string): string {
  const name = nameOf(place)
  if (name === undefined) throw missing(`${masked(place)} does not name a file.`)
  return name
}

function missing(message: string, cause?: unknown): UserError {
  return new UserError('stage3-missing', message, {
    hint: 'give the path or the address of a stage3 tarball that has its .asc beside it',
    cause,
  })
}

function unsigned(name: string, wanted: string, hint: string, cause?: unknown): UserError {
  return distrust('stage3-unsigned', `The stage3 ${name} has no signature: ${wanted} is missing.`, hint, cause)
}
