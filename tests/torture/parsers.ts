/** Everything that reads a user's text, under one roof: what it gives back, and what is wrong with the text. */
import { parseNodes } from '../../src/artifacts/nodes.ts'
import { emptiesTheRoot, normalisePattern } from '../../src/config/empties-the-root.ts'
import * as grammar from '../../src/config/grammar.ts'
import { nameLines } from '../../src/config/lists.ts'
import type { Mistake } from '../../src/config/messages.ts'
import { suggest } from '../../src/config/names.ts'
import { parseSet } from '../../src/config/sets.ts'
import { parseAtom, type Atom } from '../../src/portage/atoms/atom.ts'
import { matches } from '../../src/portage/atoms/match.ts'
import { mayOverlap } from '../../src/portage/atoms/overlap.ts'
import { inOrderOfApplication } from '../../src/portage/atoms/specificity.ts'
import { parseAssignments } from '../../src/portage/language/assignments.ts'
import { print } from '../../src/portage/language/document.ts'
import { expand, segments } from '../../src/portage/language/expand.ts'
import { parseIni } from '../../src/portage/language/ini.ts'
import { badPercent, interpolate } from '../../src/portage/language/interpolation.ts'
import { kindOf } from '../../src/portage/language/kinds.ts'
import { parseLines } from '../../src/portage/language/lines.ts'
import { parsePackageFile } from '../../src/portage/language/packageFile.ts'
import { PACKAGE_KINDS, type PackageKind } from '../../src/portage/language/packageKinds.ts'
import { quoted } from '../../src/portage/language/quoted.ts'
import * as snapshotFiles from '../../src/portage/snapshot/files.ts'
import { listVariables } from '../../src/portage/variables.ts'

export interface Answer {
  readonly mistakes?: readonly Pick<Mistake, 'line'>[]
  /** The text again, where the parser keeps all of it. */
  readonly printed?: string
}

export type Parser = (text: string, bytes: Buffer) => Answer

const KINDS = Object.keys(PACKAGE_KINDS) as PackageKind[]

export const PARSERS: Readonly<Record<string, Parser>> = {
  assignments: (text) => assignments(text, true),
  'assignments of a profile': (text) => assignments(text, false),
  lines: (text) => {
    const document = parseLines(text)
    return { mistakes: document.mistakes, printed: print(document) }
  },
  ...Object.fromEntries(
    KINDS.map((kind): [string, Parser] => [
      `package file: ${kind}`,
      (text) => {
        const document = parsePackageFile(kind, text)
        return { mistakes: document.mistakes, printed: print(document) }
      },
    ]),
  ),
  ini: (text) => {
    const document = parseIni(text)
    return { mistakes: document.mistakes, printed: print(document) }
  },
  'references in ini': (text) => {
    const mistakes: Mistake[] = []
    for (const section of parseIni(text).sections) {
      const values = new Map(section.keys.map(({ key, value }) => [key, value]))
      // A value that uses another one again and again may be long, and there may be many of it: one by one they are quick.
      for (const { value, line } of section.keys.slice(0, 40)) {
        mistakes.push(...interpolate(value, (key) => values.get(key), line).mistakes)
        badPercent(value)
      }
    }
    return { mistakes }
  },
  expansion: (text) => {
    segments(text)
    quoted(text)
    return { mistakes: expand(text, (name) => name).mistakes }
  },
  'atoms, one a line': (text) => atoms(text.split('\n')),
  'atoms, one a word': (text) => atoms(text.split(/\s+/)),
  'atoms without wildcards': (text) => atoms(text.split(/\s+/), { wildcards: false, repository: false }),
  'atoms together': (text) => {
    togetherOf(text)
    return {}
  },
  'package sets': (text) => {
    const { includes, text: written } = parseSet('name', 'package.sets/name', text)
    if (written.split('\n').length !== text.split('\n').length) throw new Error('lines got lost')
    return { mistakes: includes }
  },
  nodes: (text) => ({ mistakes: parseNodes(text).problems }),
  'names, one a line': (text) => ({ mistakes: nameLines(text) }),
  services: (text) => ofLines(text, grammar.parseService),
  locales: (text) => ofLines(text, grammar.parseLocale),
  words: (text) =>
    ofLines(text, (line) => {
      grammar.isTimezone(line)
      grammar.isHostname(line)
      grammar.isKernelPackage(line)
      grammar.isArch(line)
      grammar.isMirror(line)
      kindOf(line)
    }),
  suggestions: (text) =>
    ofLines(text, (line) => suggest(line, ['stage3', 'profile', 'kernel', 'package.use', 'make.conf'])),
  removals: (text) =>
    ofLines(text, (line) => {
      emptiesTheRoot(line)
      normalisePattern(line)
    }),
  'a list of a repository': (text) => {
    snapshotFiles.parseList(text)
    return {}
  },
  license_groups: (text) => {
    snapshotFiles.parseLicenseGroups(text)
    return {}
  },
  'metadata of an ebuild': (_, bytes) => {
    snapshotFiles.parseMetadata(bytes)
    return {}
  },
  'sets.conf': (text) => {
    snapshotFiles.setNames(text, 'gentoo', ['sets/one', 'sets/deep/two', 'sets/three~'])
    return {}
  },
  'paths of a repository': (text) =>
    ofLines(text, (line) => {
      snapshotFiles.ebuildAt(line)
      snapshotFiles.metadataAt(line)
      snapshotFiles.maySetAt(line)
    }),
  'declared groups': (text) => {
    listVariables([text])
    return {}
  },
}

function assignments(text: string, sourcing: boolean): Answer {
  const document = parseAssignments(text, { sourcing })
  const expanded = document.statements.flatMap((one) =>
    one.kind === 'assign' ? expand(one.value, () => 'x', one.line).mistakes : [],
  )
  return { mistakes: [...document.mistakes, ...expanded], printed: print(document) }
}

/** Of one file: more than lines of package files have room for. */
const ATOMS = 4000

function atoms(words: readonly string[], options?: Parameters<typeof parseAtom>[1]): Answer {
  const mistakes: Mistake[] = []
  for (const word of words.slice(0, ATOMS)) {
    const read = parseAtom(word, options)
    // Words have no line of their own here: only what is said of them is looked at.
    if ('mistake' in read) mistakes.push({ ...read.mistake, line: 1 })
  }
  return { mistakes }
}

/** A few of the text's atoms held against each other. */
function togetherOf(text: string): void {
  const read = text
    .split(/\s+/)
    .slice(0, 400)
    .flatMap((word): Atom[] => {
      const one = parseAtom(word)
      return 'atom' in one ? [one.atom] : []
    })
  const some = read.slice(0, 12)
  for (const one of some) for (const other of some) mayOverlap(one, other)
  const candidate = { category: 'dev-libs', package: 'libgreet', version: '2.1_rc1-r3', slot: '2', subSlot: '2.1' }
  for (const one of read) matches(one, candidate)
  inOrderOfApplication(read, candidate)
}

function ofLines(text: string, parse: (line: string, number: number) => unknown): Answer {
  const lines = nameLines(text)
  for (const { name, line } of lines) parse(name, line)
  return { mistakes: lines }
}
