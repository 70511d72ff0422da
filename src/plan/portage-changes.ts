/** How two composed Portage directories differ, in the words of whoever wrote them: flags, variables, lines. Pure. */
import { recordOf, textOf, type Json } from './json.ts'

/** More of one file than that is no reason any more but a rewrite. */
const MOST = 6

/** @param before, after `files` of a step's `portage`: `{path, bytes}`, bytes one latin1 character each */
export function portageChanges(before: Json | undefined, after: Json | undefined): string[] {
  const [old, now] = [textsOf(before), textsOf(after)]
  const paths = [...new Set([...old.keys(), ...now.keys()])].toSorted()
  return paths.flatMap((path) => {
    const [from, to] = [old.get(path), now.get(path)]
    if (from === to) return []
    const said = fileChanges(path, from, to)
    return said.length <= MOST ? said : [...said.slice(0, MOST), `${path}: ${said.length - MOST} more lines changed`]
  })
}

function textsOf(files: Json | undefined): Map<string, string> {
  const list = Array.isArray(files) ? (files as readonly Json[]).map(recordOf) : []
  return new Map(list.map(({ path, bytes }) => [textOf(path), Buffer.from(textOf(bytes), 'latin1').toString()]))
}

function fileChanges(path: string, before: string | undefined, after: string | undefined): string[] {
  const top = path.slice(0, path.includes('/') ? path.indexOf('/') : undefined)
  if (top === 'patches' || top === 'savedconfig' || top === 'bashrc' || top === 'env')
    return [`${path}: ${before === undefined ? 'new' : after === undefined ? 'gone' : 'changed'}`]
  const [old, now] = [linesOf(before), linesOf(after)]
  if (top.startsWith('package.')) {
    const what = KINDS[top] ?? top
    const [from, to] = [byAtom(old), byAtom(now)]
    const atoms = [...new Set([...from.keys(), ...to.keys()])]
    const said = atoms.flatMap((atom) => atomChange(what, atom, from.get(atom), to.get(atom)))
    if (said.length > 0) return said
  }
  if (top === 'make.conf') {
    const [from, to] = [variables(old), variables(now)]
    const names = [...new Set([...from.keys(), ...to.keys()])]
    const said = names.flatMap((name) => variableChange(name, from.get(name), to.get(name)))
    if (said.length > 0) return said
  }
  const added = now.filter((line) => !old.includes(line)).map((line) => `${path}: now ${line}`)
  const gone = old.filter((line) => !now.includes(line)).map((line) => `${path}: no longer ${line}`)
  return added.length + gone.length > 0 ? [...added, ...gone] : [`${path}: its lines stand otherwise`]
}

/** What a line of these files says of its atom. */
const KINDS: Readonly<Record<string, string>> = {
  'package.use': 'USE',
  'package.env': 'package.env',
  'package.license': 'ACCEPT_LICENSE',
  'package.accept_keywords': 'keywords',
  'package.properties': 'ACCEPT_PROPERTIES',
}

function linesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*/, '').trim())
    .filter((line) => line !== '')
}

function byAtom(lines: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const line of lines) {
    const [atom = '', ...words] = line.split(/\s+/)
    found.set(atom, [...(found.get(atom) ?? []), ...words])
  }
  return found
}

function atomChange(
  what: string,
  atom: string,
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): string[] {
  if ((before ?? []).join(' ') === (after ?? []).join(' ') && before !== undefined && after !== undefined) return []
  // Files without words behind the atom: masks and their like.
  if ((before ?? []).length + (after ?? []).length === 0) return [`${what}: ${before === undefined ? '+' : '-'}${atom}`]
  return [`${what} of ${atom}: ${wordChange(before ?? [], after ?? [])}`]
}

function variables(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [, name, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
      return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, '$2')] as const]
    }),
  )
}

function variableChange(name: string, before: string | undefined, after: string | undefined): string[] {
  if (before === after) return []
  const split = (value: string | undefined) => (value ?? '').split(/\s+/).filter((word) => word !== '')
  return [`${name}: ${wordChange(split(before), split(after))}`]
}

/** `+color -nls` in words that came and went; whole where what went is another form of what came. */
export function wordChange(before: readonly string[], after: readonly string[]): string {
  const added = after.filter((word) => !before.includes(word))
  const gone = before.filter((word) => !after.includes(word))
  if (added.length === 0 && gone.length === 0) return 'another order'
  if (gone.length === 0 && before.length === 0) return `now ${added.join(' ')}`
  if (added.length === 0) return `no longer ${gone.join(' ')}`
  return gone.length === 0 ? `now also ${added.join(' ')}` : `${gone.join(' ')} → ${added.join(' ')}`
}
