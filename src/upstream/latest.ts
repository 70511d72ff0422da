/** The newest stage3s by upstream's own word: the clearsigned lists in `releases/ARCH/autobuilds/` of every mirror. */
import { join } from 'node:path'
import { suggest } from '../config/names.ts'
import { UserError } from '../errors.ts'
import { gentooArch } from './arch-words.ts'
import { parseLatest } from './latest-list.ts'
import type { Latest } from './latest-list.ts'
import { fetchFrom, MirrorsFailed } from './mirrors.ts'
import type { FromMirrors } from './mirrors.ts'
import { distrust } from './trust.ts'
import type { TrustedKeys } from './trust.ts'

export interface LatestStage3 {
  /** As a user names it: `hardened-openrc`, with the word for the architecture where that is not ARCH (`i686-openrc`). */
  readonly flavour: string
  /** Below a mirror's root. */
  readonly path: string
  /** `stage3-amd64-openrc-20260101T170000Z.tar.xz` */
  readonly name: string
  readonly bytes: number
  /** When it was built, epoch seconds. */
  readonly time: number
}

export interface ListOptions extends FromMirrors {
  /** Mirrors' roots: see `mirrors.ts`. */
  readonly roots: readonly string[]
  /** Gentoo's ARCH. */
  readonly arch: string
  readonly keys: TrustedKeys
  /** Where the lists are put to be verified: private, and there. */
  readonly folder: string
}

/** A list of all flavours has about 10 KiB. */
const MOST_BYTES = 1024 * 1024

/**
 * The newest stage3 of a flavour, as upstream signed it.
 * @throws UserError `unknown-flavour` with the ones there are; `mirrors-failed`; exit 3 for a list that is not believed, or
 * speaks of something else
 */
export async function latestStage3(options: ListOptions & { readonly flavour: string }): Promise<LatestStage3> {
  const { arch, flavour } = options
  for (const subject of subjectsOf(arch, flavour)) {
    const list = `latest-stage3-${subject}.txt`
    const entries = await readList(list, options)
    if (entries === undefined) continue
    const [entry, ...more] = entries.filter((one) => one.subject === subject)
    if (entry === undefined || more.length > 0) throw otherSubject(list, subject, entries)
    return stage3Of(entry, arch)
  }
  throw await unknownFlavour(options)
}

/** What there is for an architecture: one entry a flavour, by name. */
export async function listFlavours(options: ListOptions): Promise<LatestStage3[]> {
  const { arch } = options
  const entries = await readList('latest-stage3.txt', options)
  if (entries === undefined) {
    const message = `The mirrors have no list of stage3s for ${arch}.`
    throw new UserError('unknown-arch', message, {
      hint: 'env/arch names the architecture as Gentoo does: amd64, arm64, x86',
    })
  }
  const newest = new Map<string, LatestStage3>()
  for (const entry of entries) {
    if (gentooArch(entry.word) !== arch) continue
    const stage3 = stage3Of(entry, arch)
    if (stage3.time >= (newest.get(stage3.flavour)?.time ?? 0)) newest.set(stage3.flavour, stage3)
  }
  return [...newest.values()].toSorted((a, b) => (a.flavour < b.flavour ? -1 : 1))
}

/** The entries of a list, after its signature was verified; undefined where no mirror has such a list. */
async function readList(name: string, options: ListOptions): Promise<readonly Latest[] | undefined> {
  const { roots, arch, folder, keys } = options
  const file = join(folder, name)
  try {
    await fetchFrom(roots, `${folderOf(arch)}/${name}`, file, { ...options, maxBytes: MOST_BYTES })
  } catch (error) {
    if (error instanceof MirrorsFailed && error.absent) return undefined
    throw error
  }
  const { text } = await keys.clear(file, `The list ${name}`, { codes: 'stage3-list' })
  const { entries, odd } = parseLatest(text)
  if (odd === undefined) return entries
  const message = `Line ${odd.line} of the list ${name} is not of the form TIME/stage3-ARCH-FLAVOUR-TIME.tar.xz BYTES.`
  throw distrust('stage3-list-form', message, 'try another mirror; a newer gentoomuch may know the form')
}

/** What a list may be of, the likely one first: a flavour may be given with upstream's word for its architecture. */
function subjectsOf(arch: string, flavour: string): string[] {
  if (!/^[a-z0-9_.+]+(-[a-z0-9_.+]+)*$/.test(flavour)) return []
  const [word = '', ...rest] = flavour.split('-')
  const without = `${arch}-${flavour}`
  if (rest.length === 0) return [without]
  return gentooArch(word) === arch ? [flavour, without] : [without, flavour]
}

/** Both kinds of PowerPC share a folder, which is called for the older one. */
function folderOf(arch: string): string {
  return `releases/${arch === 'ppc64' ? 'ppc' : arch}/autobuilds`
}

function stage3Of({ subject, word, name, path, bytes, time }: Latest, arch: string): LatestStage3 {
  const flavour = word === arch ? subject.slice(word.length + 1) : subject
  return { flavour, path: `${folderOf(arch)}/${path}`, name, bytes, time }
}

/** The same key signs the lists of all flavours. */
function otherSubject(list: string, subject: string, entries: readonly Latest[]): UserError {
  const found = entries.map(({ name }) => name).join(', ') || 'nothing'
  const message = `The list ${list} speaks not of one stage3-${subject}, but of ${found}: was it exchanged?`
  return distrust('stage3-list-other', message, 'try another mirror')
}

async function unknownFlavour(options: ListOptions & { readonly flavour: string }): Promise<UserError> {
  const { arch, flavour } = options
  const known = (await listFlavours(options)).map((stage3) => stage3.flavour)
  const near = known.find((one) => one.endsWith(`-${flavour}`))
  const guess = near === undefined ? suggest(flavour, known) : `Did you mean ${near}?`
  const hint = `${guess === undefined ? '' : `${guess} `}There are ${known.join(', ')}.`
  return new UserError('unknown-flavour', `Upstream publishes no stage3 of the flavour ${flavour} for ${arch}.`, {
    hint,
  })
}
