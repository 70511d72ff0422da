/**
 * Atoms: which packages are meant. The grammar is that of a user's configuration, without the limits of an EAPI
 * (`portage.dep.Atom` with `allow_wildcard` and `allow_repo`, 3.0.83; PMS 8.3).
 */
import { NotAnAtom, type AtomMistake } from './mistake.ts'
import { parseName, type Name } from './name.ts'
import { parseUse, type UseDependency } from './use.ts'

export type Operator = '' | '=' | '~' | '<' | '<=' | '>' | '>='

export interface Atom {
  /** As it was written. */
  readonly text: string
  readonly blocker: '' | '!' | '!!'
  readonly operator: Operator
  /** `=category/package-1*`: every version that begins so. Always with the operator `=`. */
  readonly glob: boolean
  /** Category and package may hold `*` where the atom is `extended`. */
  readonly category: string
  readonly package: string
  /** `category/package`. */
  readonly cp: string
  /** With its revision, without the `*` of a glob; `*PART*` in `=category/package-*PART*`, which is extended. */
  readonly version: string | undefined
  /** Behind the version, `=category/package-1-2`: one of several binary packages of a version. */
  readonly buildId: number | undefined
  readonly slot: string | undefined
  readonly subSlot: string | undefined
  readonly slotOperator: '' | '=' | '*'
  readonly repository: string | undefined
  readonly use: readonly UseDependency[]
  /** Portage's extended syntax: wildcards in the name. */
  readonly extended: boolean
}

export interface AtomOptions {
  /** Whether `*` may stand in names; true unless told. */
  readonly wildcards?: boolean
  /** Whether `::repository` may stand behind; true unless told. */
  readonly repository?: boolean
}

export type ParsedAtom = { readonly atom: Atom } | { readonly mistake: AtomMistake }

/** @param text one word, without spaces around it */
export function parseAtom(text: string, options: AtomOptions = {}): ParsedAtom {
  try {
    return { atom: parse(text, options) }
  } catch (error) {
    if (error instanceof NotAnAtom) return { mistake: error.mistake }
    throw error
  }
}

const PREFIX = /^(!{0,2})(=|~|[<>]=?|)/

/** Cuts the text from both ends: what is left is the name with its version. */
function parse(text: string, options: AtomOptions): Atom {
  if (text === '') throw new NotAnAtom('atom-empty', {})
  const [prefix = '', blocker = '', operator = ''] = PREFIX.exec(text) ?? []
  const { before, use } = cutUse(text.slice(prefix.length), text)
  const head = cutSlot(before)
  const { repository } = head
  const name = parseName(head.name, operator as Operator, text)
  if (name.extended) checkExtended(name, use, text, options)
  if (repository !== undefined) checkRepository(repository, text, options)
  const { slot, subSlot, slotOperator } = parseSlot(head.slot, text)
  return {
    text,
    blocker: blocker as Atom['blocker'],
    operator: operator as Operator,
    glob: name.glob,
    category: name.category,
    package: name.package,
    cp: `${name.category}/${name.package}`,
    version: name.version,
    buildId: name.buildId,
    slot,
    subSlot,
    slotOperator,
    repository,
    use: use === undefined ? [] : parseUse(use, text),
    extended: name.extended,
  }
}

function cutUse(body: string, atom: string): { readonly before: string; readonly use: string | undefined } {
  const open = body.indexOf('[')
  if (open < 0) return { before: body, use: undefined }
  if (!body.endsWith(']')) throw new NotAnAtom('atom-use-not-closed', { atom })
  return { before: body.slice(0, open), use: body.slice(open + 1, -1) }
}

interface Head {
  readonly name: string
  readonly slot: string | undefined
  readonly repository: string | undefined
}

/** `name:slot::repository`. */
function cutSlot(text: string): Head {
  const colon = text.indexOf(':')
  if (colon < 0) return { name: text, slot: undefined, repository: undefined }
  const colons = text.indexOf('::', colon)
  const slot = colons < 0 ? text.slice(colon + 1) : text.slice(colon + 1, colons)
  return {
    name: text.slice(0, colon),
    slot: colons === colon ? undefined : slot,
    repository: colons < 0 ? undefined : text.slice(colons + 2),
  }
}

const SLOT = /^(?:(\w[\w+.-]*)(?:\/(\w[\w+.-]*))?(=?)|([=*]))$/

function parseSlot(found: string | undefined, atom: string): Pick<Atom, 'slot' | 'subSlot' | 'slotOperator'> {
  if (found === undefined) return { slot: undefined, subSlot: undefined, slotOperator: '' }
  const match = SLOT.exec(found)
  if (match === null) throw new NotAnAtom('atom-bad-slot', { atom, found })
  const [, slot, subSlot, behind = '', alone = ''] = match
  return { slot, subSlot, slotOperator: (behind + alone) as Atom['slotOperator'] }
}

function checkExtended(name: Name, use: string | undefined, atom: string, options: AtomOptions): void {
  if (options.wildcards === false) throw withoutWildcards(name, atom)
  if (`${name.category}/${name.package}`.includes('**')) throw new NotAnAtom('atom-wildcard-twice', { atom })
  if (use !== undefined) throw new NotAnAtom('atom-wildcard-use', { atom, found: `[${use}]` })
}

/** What is extended without `*` begins with `+`. */
function withoutWildcards({ category, package: word }: Name, atom: string): NotAnAtom {
  if (category.includes('*') || word.includes('*')) return new NotAnAtom('atom-wildcard', { atom })
  if (category.startsWith('+')) return new NotAnAtom('atom-bad-category', { atom, found: category })
  return new NotAnAtom('atom-bad-package', { atom, found: word })
}

function checkRepository(repository: string, atom: string, options: AtomOptions): void {
  if (!/^\w[\w-]*$/.test(repository)) throw new NotAnAtom('atom-bad-repository', { atom, found: repository })
  if (options.repository === false) throw new NotAnAtom('atom-repository', { atom, repository })
}
