/** A spoilt file in a piece, beside whole ones: parsed and composed with what comes before and after it. */
import { compose, type Composed } from '../../src/portage/compose.ts'
import { parseAssignments } from '../../src/portage/language/assignments.ts'
import { kindOf } from '../../src/portage/language/kinds.ts'
import { parseIni } from '../../src/portage/language/ini.ts'
import { parsePackageFile } from '../../src/portage/language/packageFile.ts'
import {
  textOf,
  type ComposerFile,
  type ComposerPiece,
  type ComposerSet,
  type PortageFile,
} from '../../src/portage/model.ts'
import { listVariables } from '../../src/portage/variables.ts'
import type { Mistake } from '../../src/config/messages.ts'

const LISTS = listVariables(['USE_EXPAND="CPU_FLAGS_X86 ELIBC KERNEL VIDEO_CARDS"\n'])

/** Files that every kind of parser and stacking gets to see. */
const PLACES = [
  ['make.conf', 'profile/make.defaults'],
  ['package.use', 'profile/package.use', 'package.mask/deep/one'],
  ['make.conf/one', 'env/fast', 'package.env', 'profile/use.mask'],
  ['repos.conf', 'package.accept_keywords', 'profile/packages', 'profile'],
  ['make.conf', 'package.license', 'categories', 'bashrc', 'package.properties'],
] as const

const BEFORE = 'USE="color"\nFOO="one"\nFEATURES="${FEATURES} nodoc"\nVIDEO_CARDS="intel"\n'
const AFTER = 'USE="${USE} -doc"\nFOO="${FOO} two"\nCFLAGS="${CFLAGS} -g"\nVIDEO_CARDS="${VIDEO_CARDS} -intel"\n'

/** How many times the spoilt file is read: in each of its places, and as a set. */
export function filesOf(which: number): number {
  return placesOf(which).length + 1
}

function placesOf(which: number): readonly string[] {
  return PLACES[which % PLACES.length] ?? []
}

/** @param which of the places the file stands in */
export function composedWith(
  bytes: Buffer,
  which: number,
): { readonly composed: Composed; readonly texts: Map<string, string> } {
  const latin1 = asRead(bytes).toString('latin1')
  const at = (name: string, path: string, content: string): ComposerFile => ({
    path,
    file: `${name}/${path}`,
    bytes: content,
    executable: false,
  })
  const spoilt = placesOf(which).map((path) => at('spoilt', path, latin1))
  const pieces: ComposerPiece[] = [
    { rank: 'cpu', name: 'before', files: [at('before', 'make.conf', BEFORE)] },
    { rank: 'local', name: 'spoilt', files: spoilt },
    { rank: 'machine', name: 'after', files: [at('after', 'make.conf', AFTER)] },
  ]
  const sets: ComposerSet[] = [{ name: 'spoilt', file: 'sets/spoilt', text: textOf(latin1) }]
  const texts = new Map(pieces.flatMap(({ files }) => files.map(({ file, bytes: content }) => [file, textOf(content)])))
  return { composed: compose(pieces, sets, LISTS), texts: texts.set('sets/spoilt', textOf(latin1)) }
}

/** What was composed without an error can be read without one. */
export function faultsOfComposed({ directory, problems }: Composed): string[] {
  if (problems.some(({ severity }) => severity === 'error')) return []
  return directory.files.flatMap((file) =>
    mistakesIn(file).map(({ code, line }) => `composed without an error, but ${file.path}:${line} has ${code}`),
  )
}

function mistakesIn({ path, bytes }: PortageFile): readonly Mistake[] {
  const kind = kindOf(path)
  const text = textOf(bytes)
  if (kind.kind === 'assignments') return parseAssignments(text, { sourcing: kind.sourcing }).mistakes
  if (kind.kind === 'ini') return parseIni(text).mistakes
  if (kind.kind !== 'package') return []
  return parsePackageFile(kind.of, text).mistakes.filter(
    ({ code }) => !code.startsWith('use-') && code !== 'package-no-words' && code !== 'package-ignored-words',
  )
}

/** What is no UTF-8 is refused when the configuration is read, so that no parser sees it. */
function asRead(bytes: Buffer): Buffer {
  return Buffer.from(String(bytes))
}
