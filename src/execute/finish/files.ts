/** Files that go into the root: the user's, and the few that small settings are. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Container } from '../../engine/engine.ts'
import type { Tools } from '../handler.ts'
import { must } from '../must.ts'
import { LOCALE_GEN } from './locales.ts'
import { zonePath } from './timezone.ts'

export interface File {
  /** Inside the root, relative. */
  readonly path: string
  /** One character a byte. */
  readonly bytes: string
  readonly mode: number
  /** Target of a symbolic link, else undefined. */
  readonly link?: string | undefined
}

export interface Settings {
  readonly files: readonly File[]
  readonly hostname?: string | undefined
  readonly timezone?: { readonly name: string } | undefined
  readonly locales: readonly { readonly text: string }[]
}

/** Where staged files are mounted. */
export const STAGED = '/run/gentoomuch-files'

/**
 * Copies staged files to their places, as root:root with the modes given, whole or not at all. Reads MODE NUL PATH NUL …
 * from stdin; a program in the root's own bash and coreutils, since a root need not have anything else.
 */
export const INSTALL = [
  'set -e; umask 022; cd "$1"',
  "while IFS= read -r -d '' mode && IFS= read -r -d '' path; do",
  '  folder="/$path"; folder="${folder%/*}"; mkdir -p -- "${folder:-/}"',
  '  cp -P --no-preserve=all -T -- "./$path" "/$path.gentoomuch-new"',
  '  [[ -L "/$path.gentoomuch-new" ]] || chmod -- "$mode" "/$path.gentoomuch-new"',
  '  mv -fT -- "/$path.gentoomuch-new" "/$path"',
  'done',
].join('\n')

/** Settings that are files, then the user's files; of two with one path the user's stands. */
export function filesOf(settings: Settings): readonly File[] {
  const own = new Set(settings.files.map((file) => file.path))
  const made = [...hostname(settings), ...timezone(settings), ...locales(settings)]
  return [...made.filter((file) => !own.has(file.path)), ...settings.files]
}

/** OpenRC reads /etc/conf.d/hostname, systemd and others /etc/hostname. */
function hostname({ hostname: name }: Settings): File[] {
  if (name === undefined) return []
  return [
    { path: 'etc/hostname', bytes: `${name}\n`, mode: 0o644 },
    { path: 'etc/conf.d/hostname', bytes: `hostname="${name}"\n`, mode: 0o644 },
  ]
}

/** As sys-libs/timezone-data makes it; `/etc/timezone` is not needed beside a link (its 2026b removes it then). */
function timezone({ timezone: zone }: Settings): File[] {
  if (zone === undefined) return []
  return [{ path: 'etc/localtime', bytes: '', mode: 0o777, link: `..${zonePath(zone.name)}` }]
}

function locales({ locales: lines }: Settings): File[] {
  if (lines.length === 0) return []
  return [{ path: LOCALE_GEN.slice(1), bytes: lines.map(({ text }) => `${text}\n`).join(''), mode: 0o644 }]
}

/** @returns the folder of the host that is to be mounted at `STAGED` */
export async function stage(files: readonly File[], tools: Tools): Promise<string> {
  const content = join(await tools.folder(), 'files')
  await mkdir(content)
  for (const file of files) {
    const path = join(content, file.path)
    await mkdir(dirname(path), { recursive: true })
    if (file.link === undefined) await writeFile(path, Buffer.from(file.bytes, 'latin1'), { mode: 0o644 })
    else await symlink(file.link, path)
  }
  return content
}

export async function install(container: Container, files: readonly File[], tools: Tools): Promise<void> {
  if (files.length === 0) return
  const list = files.map((file) => `${file.mode.toString(8)}\0${file.path}\0`).join('')
  await must(container, ['bash', '-c', INSTALL, 'bash', STAGED], tools, { stdin: Readable.from([Buffer.from(list)]) })
}
