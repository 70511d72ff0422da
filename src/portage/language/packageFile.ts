/**
 * The package files of /etc/portage, of a profile, and sets: what stands for a package (kept as text, `portage/atoms` reads
 * it) and what is said about it. Which words Portage 3.0.83 takes, drops with a complaint, or takes and never matches with
 * anything: UseManager, KeywordsManager, LicenseManager, MaskManager, config and `grabfile_package`.
 */
import type { Mistake } from '../../config/messages.ts'
import { shown } from './characters.ts'
import type { Document } from './document.ts'
import { parseLines, type LineNode, type Word } from './lines.ts'
import { PACKAGE_KINDS, type PackageKind, type PackageRules } from './packageKinds.ts'
import { groupReader, USE_FLAG, type FlagWord, type FlagsRead } from './useFlags.ts'

export type { FlagWord } from './useFlags.ts'

export interface PackageEntry {
  /** As written, without `prefix`; `*` behind the prefix `-` stands for all entries before (`-*` in `packages`). */
  readonly atom: string
  /** `-` takes an entry back; `*` (`packages`) is one of the system set. */
  readonly prefix: '' | '-' | '*' | '-*'
  readonly column: number
  /** What follows in the line: flags, keywords, licenses, file names … */
  readonly words: readonly Word[]
  readonly line: number
  /** Where its line stands in `nodes`. */
  readonly node: number
  /** What `words` mean where they are USE flags, groups resolved; else none. */
  readonly flags: readonly FlagWord[]
}

export interface PackageFile extends Document {
  readonly nodes: readonly LineNode[]
  readonly entries: readonly PackageEntry[]
  readonly mistakes: readonly Mistake[]
}

export function parsePackageFile(kind: PackageKind, text: string): PackageFile {
  const rules = PACKAGE_KINDS[kind]
  const document = parseLines(text)
  const mistakes: Mistake[] = [...document.mistakes]
  const entries: PackageEntry[] = []
  const readGroups = groupReader(rules.groups)
  const flagsOf = (entry: Pick<PackageEntry, 'atom' | 'prefix' | 'column' | 'line'>, words: readonly Word[]) => {
    if (rules.flags === 'words') return readGroups(entry.atom, words, entry.line)
    return rules.flags === 'entry' && words.length === 0 ? flagOfEntry(entry) : { flags: [], mistakes: [] }
  }
  for (const [node, { line, tokens }] of document.nodes.entries()) {
    const [first, ...words] = tokens
    if (first === undefined) continue
    const { prefix, atom } = withoutPrefix(rules, first.text)
    const column = first.column + first.text.length - atom.length
    const read = flagsOf({ atom, prefix, column, line }, words)
    entries.push({ atom, prefix, column, words, line, node, flags: read.flags })
    // One by one: a call has room for so many arguments only.
    for (const mistake of read.mistakes) mistakes.push(mistake)
    for (const mistake of checkWords(rules, first, words, line)) mistakes.push(mistake)
  }
  return { nodes: document.nodes, entries, mistakes }
}

function checkWords(rules: PackageRules, first: Word, words: readonly Word[], line: number): Mistake[] {
  const entry = shown(first.text)
  const [second] = words
  if (second === undefined) {
    return rules.words === 'some' ? [{ code: 'package-no-words', line, values: { entry, wanted: rules.wanted } }] : []
  }
  if (rules.words === 'none') {
    const code = rules.ignoresMore ? 'package-ignored-words' : 'package-more-words'
    return [{ code, line, values: { entry, found: shown(second.text) } }]
  }
  const { check } = rules
  if (check === undefined) return []
  return words.flatMap(({ text }) => {
    const code = check(text)
    return code === undefined ? [] : [{ code, line, values: { entry, found: shown(text) } }]
  })
}

/** Where a line is a flag, `-` takes it back. */
function flagOfEntry({
  atom,
  prefix,
  line,
  column,
}: Pick<PackageEntry, 'atom' | 'prefix' | 'column' | 'line'>): FlagsRead {
  if (USE_FLAG.test(atom)) return { flags: [{ flag: atom, on: prefix === '', line, column }], mistakes: [] }
  return { flags: [], mistakes: [{ code: 'use-bad-flag', line, values: { found: shown(prefix + atom) } }] }
}

function withoutPrefix(rules: PackageRules, text: string): Pick<PackageEntry, 'prefix' | 'atom'> {
  if (text === '-*' && rules.prefixes.includes('-*')) return { prefix: '-', atom: '*' }
  for (const prefix of rules.prefixes) {
    if (text.startsWith(prefix)) return { prefix, atom: text.slice(prefix.length) }
  }
  return { prefix: '', atom: text }
}
