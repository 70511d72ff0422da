/** What goes into the root besides packages: the user's files and folders, and the few files that small settings are. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { suggest } from '../../config/names.ts'
import type { Argv, Container } from '../../engine/engine.ts'
import type { PlannedFile, PlannedFolder } from '../../plan/machines.ts'
import { PLACES } from '../environment.ts'
import type { Tools } from '../handler.ts'
import { ask, troubleIn, type Trouble } from './asked.ts'
import { LOCALE_GEN } from './locales.ts'
import { zonePath } from './timezone.ts'

export interface Settings {
  readonly files: readonly PlannedFile[]
  readonly hostname?: string | undefined
  readonly timezone?: { readonly name: string } | undefined
  readonly locales: readonly { readonly text: string }[]
}

/** Where staged files are mounted. */
export const STAGED = '/run/gentoomuch-files'

export const INSTALL: Argv = ['bash', `${PLACES.programs}/install.sh`, STAGED]

/** Settings that are files, then the user's files; of two with one path the user's stands. */
export function filesOf(settings: Settings): readonly PlannedFile[] {
  const own = new Set(settings.files.map((file) => file.path))
  const made = [...hostname(settings), ...timezone(settings), ...locales(settings)]
  return [...made.filter((file) => !own.has(file.path)), ...settings.files]
}

/** OpenRC reads /etc/conf.d/hostname, systemd and others /etc/hostname. */
function hostname({ hostname: name }: Settings): PlannedFile[] {
  if (name === undefined) return []
  return [
    { path: 'etc/hostname', bytes: `${name}\n`, mode: 0o644 },
    { path: 'etc/conf.d/hostname', bytes: `hostname="${name}"\n`, mode: 0o644 },
  ]
}

/** As sys-libs/timezone-data makes it; `/etc/timezone` is not needed beside a link (its 2026b removes it then). */
function timezone({ timezone: zone }: Settings): PlannedFile[] {
  if (zone === undefined) return []
  return [{ path: 'etc/localtime', bytes: '', mode: 0o777, link: `..${zonePath(zone.name)}` }]
}

function locales({ locales: lines }: Settings): PlannedFile[] {
  if (lines.length === 0) return []
  return [{ path: LOCALE_GEN.slice(1), bytes: lines.map(({ text }) => `${text}\n`).join(''), mode: 0o644 }]
}

/** @returns the folder of the host that is to be mounted at `STAGED` */
export async function stage(files: readonly PlannedFile[], tools: Tools): Promise<string> {
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

type Brought = PlannedFile | PlannedFolder

/** @throws StepFailure for what cannot be where it is wanted, and for owners that the root has not */
export async function install(
  container: Container,
  files: readonly PlannedFile[],
  folders: readonly PlannedFolder[],
  tools: Tools,
): Promise<void> {
  const all: readonly Brought[] = [...files, ...folders]
  if (all.length === 0) return
  const stdin = Readable.from([Buffer.from(all.map((one) => `${recordOf(one).join('\0')}\0`).join(''))])
  const { status, lines, last } = await ask(container, INSTALL, tools, { stdin, quiet: true })
  if (status === 0) return
  const said = lines.flatMap((line) => read(line, all))
  const [first] = said
  if (first === undefined)
    throw await troubleIn(
      container,
      { code: 'files-failed', message: `Bringing files in ended with status ${status}.`, lastLines: last },
      tools,
    )
  // One line may mean many paths.
  const sentences = [...new Set(said.map(sentence))]
  for (const one of sentences.slice(1)) tools.line(one)
  throw await troubleIn(container, await troubleOf(container, first, sentences.length, tools), tools)
}

function recordOf(one: Brought): [kind: string, mode: string, user: string, group: string, path: string] {
  const { path, owner, mode } = one
  const kind = !('bytes' in one) ? 'd' : one.link === undefined ? 'f' : 'l'
  return [kind, mode === undefined ? '-' : mode.toString(8), owner?.user ?? '-', owner?.group ?? '-', path]
}

interface Said {
  readonly word: string
  readonly about: Brought
  /** A path of the root, or a name. */
  readonly what: string
}

function read(line: string, all: readonly Brought[]): Said[] {
  const [, word = '', n = '', what = ''] = /^(folder|file|mounted|user|group) (\d+) (.*)$/.exec(line) ?? []
  const about = all[Number(n)]
  return word === '' || about === undefined ? [] : [{ word, about, what }]
}

function sentence({ word, about: { owner, path }, what }: Said): string {
  const at = owner === undefined ? `/${path}` : `${owner.file}:${owner.line}`
  if (word === 'folder') return `/${path}: a file was to be put here; the root has a folder.`
  if (word === 'file') return `/${path}: a folder was wanted at ${what}; the root has something else there.`
  if (word === 'mounted') return `/${path}: ${what} leads out of the root to what is mounted while it is finished.`
  return `${at}: a ${word} of the root was wanted; it has no ${what}.`
}

async function troubleOf(container: Container, first: Said, count: number, tools: Tools): Promise<Trouble> {
  const { word, what } = first
  const code = word === 'user' || word === 'group' ? `no-such-${word}` : 'no-place-for-file'
  const more = count === 1 ? '' : ` ${count - 1} more like this are in the log.`
  return { code, message: `${sentence(first)}${more}`, hint: await hintFor(container, word, what, tools) }
}

async function hintFor(container: Container, word: string, what: string, tools: Tools): Promise<string> {
  if (word === 'folder' || word === 'file') return 'move it in user.files, or remove what is there in a script'
  if (word === 'mounted') return 'tmpfiles.d can make files there when the machine starts'
  const list = word === 'user' ? '/etc/passwd' : '/etc/group'
  const { lines } = await ask(container, ['cat', list], tools, { quiet: true })
  const names = lines.map((line) => line.replace(/:.*$/, ''))
  return suggest(what, names) ?? `add the package that brings it (acct-${word}/${what}), or write its number`
}
