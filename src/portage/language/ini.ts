/**
 * repos.conf, binrepos.conf and sets.conf, as Portage 3.0.83 has Python's `ConfigParser` read them: `key = value` or
 * `key: value` under `[section]`, comment lines begin with `#` or `;` (nothing behind a value is a comment), lines indented
 * deeper than their key go on with its value, keys are lower case. A section or key may not come twice in one file, but in
 * two files of a folder, where the later value wins; `[DEFAULT]` may come twice and gives values to all sections.
 *
 * Any mistake makes Portage drop the whole configuration of repositories.
 */
import type { Mistake } from '../../config/messages.ts'
import { BYTE_ORDER_MARK, isSpace, rows, shown, strip } from './characters.ts'
import type { Document, Node } from './document.ts'
import { badPercent } from './interpolation.ts'

export interface IniKey {
  /** In lower case. */
  readonly key: string
  /** Lines joined by `\n`, `%(…)s` untouched (interpolation.ts). */
  readonly value: string
  readonly line: number
  /** Where it stands in `nodes`, with the lines that go on with its value. */
  readonly node: number
}

export interface IniSection {
  readonly name: string
  readonly line: number
  readonly node: number
  readonly keys: readonly IniKey[]
}

export interface IniNode extends Node {
  readonly kind: 'trivia' | 'section' | 'key'
}

export interface IniDocument extends Document {
  readonly nodes: readonly IniNode[]
  /** In their order; one that comes twice is there twice. */
  readonly sections: readonly IniSection[]
  readonly mistakes: readonly Mistake[]
}

interface OpenKey {
  readonly key: string
  readonly line: number
  readonly node: number
  readonly values: string[]
}

interface OpenSection {
  readonly name: string
  readonly line: number
  readonly node: number
  readonly keys: OpenKey[]
}

export function parseIni(text: string): IniDocument {
  const nodes: { kind: IniNode['kind']; from: number; to: number }[] = []
  const sections: OpenSection[] = []
  const mistakes: Mistake[] = []
  const sectionLines = new Map<string, number>()
  const keyLines = new Map<string, number>()
  let section: OpenSection | undefined
  let key: OpenKey | undefined
  let indent = 0

  const mistake = (code: Mistake['code'], line: number, values: Mistake['values'] = {}) =>
    void mistakes.push({ code, line, values })

  /** Everything up to `to` that no node has yet. */
  function keep(kind: IniNode['kind'], from: number, to: number): number {
    const kept = nodes.at(-1)?.to ?? 0
    if (from > kept) nodes.push({ kind: 'trivia', from: kept, to: from })
    return nodes.push({ kind, from, to }) - 1
  }

  function openSection(name: string, line: number, node: number) {
    const first = name === 'DEFAULT' ? undefined : lineBefore(sectionLines, name, line)
    if (first !== undefined) mistake('ini-section-twice', line, { section: shown(name), first })
    section = { name, line, node, keys: [] }
    sections.push(section)
    key = undefined
  }

  function openKey(inside: OpenSection, content: string, line: number, row: { start: number; next: number }) {
    const delimiter = content.search(/[=:]/)
    if (delimiter === -1) return mistake('ini-expected', line, { found: shown(content) })
    const name = strip(content.slice(0, delimiter)).toLowerCase()
    if (name === '') {
      key = undefined
      return mistake('ini-no-key', line, { found: shown(content) })
    }
    const first = lineBefore(keyLines, `${inside.name}\n${name}`, line)
    if (first !== undefined) mistake('ini-key-twice', line, { key: shown(name), section: shown(inside.name), first })
    const values = [strip(content.slice(delimiter + 1))]
    key = { key: name, line, node: keep('key', row.start, row.next), values }
    inside.keys.push(key)
  }

  if (text.startsWith(BYTE_ORDER_MARK)) mistake('byte-order-mark', 1)
  for (const row of rows(text)) {
    const line = row.line
    const start = row.start === 0 && text.startsWith(BYTE_ORDER_MARK) ? 1 : row.start
    const content = strip(text.slice(start, row.end))
    if (content === '') key?.values.push('')
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue
    const indented = indentOf(text, start)
    if (key !== undefined && indented > indent) {
      key.values.push(content)
      const node = nodes[key.node]
      if (node !== undefined) node.to = row.next
      continue
    }
    indent = indented
    const header = sectionName(content)
    if (header !== undefined) openSection(header, line, keep('section', start, row.next))
    else if (section === undefined) mistake('ini-no-section', line, { found: shown(content) })
    else openKey(section, content, line, { start, next: row.next })
  }
  const kept = nodes.at(-1)?.to ?? 0
  if (kept < text.length) nodes.push({ kind: 'trivia', from: kept, to: text.length })
  const read = sections.map((one) => ({ ...one, keys: one.keys.map(closed) }))
  return {
    nodes: nodes.map(({ kind, from, to }) => ({ kind, raw: text.slice(from, to) })),
    sections: read,
    mistakes: [...mistakes, ...read.flatMap(({ keys }) => keys.flatMap(badReferences))],
  }
}

function badReferences({ value, line }: IniKey): Mistake[] {
  const bad = badPercent(value)
  return bad === undefined ? [] : [{ code: 'ini-percent', line, values: { found: shown(bad) } }]
}

/** @returns the line where it came first, if that is another one. */
function lineBefore(lines: Map<string, number>, id: string, line: number): number | undefined {
  const first = lines.get(id)
  if (first === undefined) lines.set(id, line)
  return first
}

function closed({ key, line, node, values }: OpenKey): IniKey {
  return { key, line, node, value: rightStripped(values.join('\n')) }
}

function rightStripped(text: string): string {
  let to = text.length
  while (to > 0 && isSpace(text.charCodeAt(to - 1))) to--
  return text.slice(0, to)
}

/** All up to the last `]` of the line; what stands behind it does not count. */
function sectionName(content: string): string | undefined {
  const end = content.lastIndexOf(']')
  return content.startsWith('[') && end > 1 ? content.slice(1, end) : undefined
}

function indentOf(text: string, start: number): number {
  let at = start
  while (isSpace(text.charCodeAt(at))) at++
  return at - start
}
