/** A tar stream → one commit of a mirror. */
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, type Entry, type Headers } from 'tar-stream'
import { EXIT, UserError } from '../errors.ts'
import { importFiles, type Imported, type ImportOptions } from './import.ts'
import { badPath, visiblePath } from './import-names.ts'
import type { Importer } from './import-stream.ts'

export interface TarImportOptions extends ImportOptions {
  /** Plain tar, with one folder that everything is in. */
  readonly tar: Readable
  /** Paths of small files to hand out: what the time is read from. */
  readonly wanted: readonly string[]
  /** The commit's time, epoch seconds. */
  readonly time: (found: Found) => number
}

export interface Found {
  /** What is in those of the wanted files that are there. */
  readonly files: ReadonlyMap<string, Buffer>
  /** Newest time of a file in the archive, epoch seconds. */
  readonly newest: number
  /** The folder that everything is in. */
  readonly folder: string
}

export interface ImportedTar extends Imported {
  readonly folder: string
}

/** A wanted file is a line or two. */
const MAX_WANTED = 64 * 1024

/**
 * Every file, symbolic link and hard link below the one leading folder, which is stripped.
 * @throws UserError exit 3: `bad-path` for names that climb, are absolute or that git refuses, `bad-archive` for members
 * that no repository has (devices, links to what is not there) and for what is no tar
 */
export async function importTar(options: TarImportOptions): Promise<ImportedTar> {
  const { tar, name } = options
  const files = new Map<string, Buffer>()
  let newest = 0
  let folder: string | undefined
  const take = async (entry: Entry, into: Importer) => {
    const { header } = entry
    const { member, target } = namesOf(header, name)
    const { top, path } = splitMember(member, name)
    folder ??= top
    if (top !== folder) throw badArchive(name, `${visiblePath(member)} is not in its folder ${visiblePath(folder)}`)
    newest = Math.max(newest, Math.floor((header.mtime?.getTime() ?? 0) / 1000))
    if (path !== '') await takeMember(entry, path, target, into)
    else if (header.type !== 'directory') throw badArchive(name, `${visiblePath(member)} is in no folder`)
    entry.resume()
  }
  const takeMember = async (entry: Entry, path: string, link: string, into: Importer) => {
    const { header } = entry
    switch (kindOf(header)) {
      case 'directory':
        return
      case 'symlink': {
        const target = Buffer.from(link, 'latin1')
        if (target.length === 0) throw badArchive(name, `${visiblePath(path)} leads nowhere`)
        return await into.add(path, '120000', target.length, [target])
      }
      case 'link': {
        const target = splitMember(link, name)
        if (target.top === folder && into.again(path, target.path)) return
        throw badArchive(name, `${visiblePath(path)} is a link to a file that is not there before it`)
      }
      case 'file': {
        const mode = ((header.mode ?? 0) & 0o100) === 0 ? '100644' : '100755'
        const { size = 0 } = header
        const kept = options.wanted.includes(path) && size <= MAX_WANTED ? [] : undefined
        await into.add(path, mode, size, tapped(entry, kept))
        if (kept !== undefined) files.set(path, Buffer.concat(kept))
        return
      }
      default:
        throw badArchive(name, `${visiblePath(path)} is neither file, folder nor link`)
    }
  }
  const imported = await importFiles(options, async (into) => {
    const members = extract({ filenameEncoding: 'latin1' })
    const read = async () => {
      for await (const entry of members) await take(entry, into)
    }
    const piped = pipeline(tar, members)
    const ended = await Promise.allSettled([read(), piped])
    const errors = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
    // Each side fails when the other does: what somebody can mend is the cause.
    const error = errors.find((one) => one instanceof UserError) ?? errors.find(ofTar) ?? errors[0]
    if (error !== undefined) throw ofTar(error) ? badArchive(name, 'it cannot be read as tar', error) : error
    if (folder === undefined) throw badArchive(name, 'it is empty')
    return options.time({ files, newest, folder })
  })
  return { ...imported, folder: folder ?? '' }
}

/** tar-stream's own complaints are plain errors with one of these beginnings. */
function ofTar(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(?:Invalid|Unexpected end of data|Header exceeds|Writable stream closed)/.test(error.message)
  )
}

function kindOf(header: Headers): Headers['type'] {
  if (Object.keys(paxOf(header)).some((key) => key.startsWith('GNU.sparse.'))) return null
  return header.type === 'contiguous-file' ? 'file' : header.type
}

async function* tapped(entry: AsyncIterable<Uint8Array>, into: Buffer[] | undefined): AsyncGenerator<Uint8Array> {
  for await (const chunk of entry) {
    into?.push(Buffer.from(chunk))
    yield chunk
  }
}

/**
 * The names of a member, one character a byte. Those of plain headers come so; those of pax headers are UTF-8 (POSIX pax)
 * and come decoded, with U+FFFD for what was none.
 */
function namesOf(header: Headers, repository: string): { readonly member: string; readonly target: string } {
  const pax = paxOf(header)
  const bytes = (name: string, given: string | undefined) => {
    if (given === undefined || given !== name) return name
    if (name.includes('\ufffd')) throw badArchive(repository, `the name ${JSON.stringify(name)} is not UTF-8`)
    return Buffer.from(name).toString('latin1')
  }
  return {
    member: bytes(header.name, pax['path']),
    target: bytes(header.linkname ?? '', pax['linkpath']),
  }
}

function paxOf(header: Headers): Readonly<Record<string, string>> {
  return (header as { pax?: Readonly<Record<string, string>> | null }).pax ?? {}
}

/** `gentoo-20260101/profiles/x` → its two parts. */
function splitMember(member: string, repository: string): { readonly top: string; readonly path: string } {
  if (member.startsWith('/')) throw badPath(repository, member)
  const words = member.split('/').filter((word) => word !== '' && word !== '.')
  if (words.includes('..')) throw badPath(repository, member)
  const [top, ...path] = words
  if (top === undefined) return { top: '', path: '' }
  return { top, path: path.join('/') }
}

function badArchive(name: string, why: string, cause?: unknown): UserError {
  return new UserError('bad-archive', `The archive of ${name} is not that of an ebuild repository: ${why}.`, {
    hint: 'take the snapshot from its real source, or from another mirror',
    exit: EXIT.untrusted,
    cause,
  })
}
