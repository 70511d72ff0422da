/** The middle of an atom: category, package, version. */
import type { Operator } from './atom.ts'
import { NotAnAtom } from './mistake.ts'
import { isVersion } from './version.ts'

export interface Name {
  readonly category: string
  readonly package: string
  readonly version: string | undefined
  readonly buildId: number | undefined
  readonly glob: boolean
  readonly extended: boolean
}

const CATEGORY = /^\w[\w+.-]*$/
const PACKAGE = /^\w[\w+-]*$/
const WILD_CATEGORY = /^[\w+*][\w+.*-]*$/
const WILD_PACKAGE = /^[\w+*][\w+*-]*$/
/** The one form of a version that goes with wildcards. */
const WILD_VERSION = /-(\*\w+\*)$/

/** @param text what stands between the operator and the slot */
export function parseName(text: string, operator: Operator, atom: string): Name {
  const slash = text.indexOf('/')
  const found = /^[!=<>~]+/.exec(text)
  if (found !== null)
    throw new NotAnAtom('atom-bad-operator', { atom, found: atom.slice(0, atom.indexOf(text)) + found[0] })
  if (slash < 0) throw new NotAnAtom('atom-no-category', { atom })
  const [category, rest] = [text.slice(0, slash), text.slice(slash + 1)]
  if (!category.includes('*') && rest.endsWith('*')) {
    const versioned = cutVersion(rest.slice(0, -1))
    if (versioned !== undefined && operator !== '') return globName(category, versioned, operator, atom)
  }
  if (isWild(category) || isWild(rest)) return wildName(category, rest, operator, atom)
  return plainName(category, rest, operator, atom)
}

/** Portage takes a leading `+` where it takes wildcards. */
function isWild(text: string): boolean {
  return text.includes('*') || text.startsWith('+')
}

function plainName(category: string, rest: string, operator: Operator, atom: string): Name {
  checkCategory(category, CATEGORY, atom)
  const versioned = cutVersion(rest)
  if (operator === '') {
    if (versioned !== undefined)
      throw new NotAnAtom('atom-version-without-operator', { atom, version: versioned.version })
    checkPackage(rest, PACKAGE, atom)
    return plain(category, rest, undefined)
  }
  if (versioned === undefined) throw lacksVersion(rest, operator, atom)
  // Two versions at the end: the second one can only be a build id.
  const inner = cutVersion(versioned.name)
  checkPackage(inner?.name ?? versioned.name, PACKAGE, atom)
  if (inner === undefined) return plain(category, versioned.name, versioned.version)
  if (!/^(?:0|[1-9]\d*)$/.test(versioned.version))
    throw new NotAnAtom('atom-bad-build-id', { atom, found: versioned.version })
  return plain(category, inner.name, inner.version, Number(versioned.version))
}

function plain(category: string, name: string, version: string | undefined, buildId?: number): Name {
  return { category, package: name, version, buildId, glob: false, extended: false }
}

function lacksVersion(rest: string, operator: Operator, atom: string): NotAnAtom {
  const [, found] = /-(\d[^]*)$/.exec(rest) ?? []
  if (found !== undefined) return new NotAnAtom('atom-bad-version', { atom, found })
  return new NotAnAtom('atom-operator-without-version', { atom, operator, bare: atom.replace(operator, '') })
}

function globName(category: string, versioned: Versioned, operator: Operator, atom: string): Name {
  checkCategory(category, CATEGORY, atom)
  if (operator !== '=') throw new NotAnAtom('atom-glob-operator', { atom, operator })
  const { name, version } = versioned
  const inner = cutVersion(name)
  if (inner !== undefined) throw new NotAnAtom('atom-glob-version', { atom, found: `${inner.version}-${version}` })
  checkPackage(name, PACKAGE, atom)
  return { category, package: name, version, buildId: undefined, glob: true, extended: false }
}

function wildName(category: string, rest: string, operator: Operator, atom: string): Name {
  checkCategory(category, WILD_CATEGORY, atom)
  if (operator === '') {
    if (cutVersion(rest)?.version.includes('.') === true) throw new NotAnAtom('atom-wildcard-version', { atom })
    checkPackage(rest, WILD_PACKAGE, atom)
    return { category, package: rest, version: undefined, buildId: undefined, glob: false, extended: true }
  }
  const [behind, version] = WILD_VERSION.exec(rest) ?? []
  if (operator !== '=' || behind === undefined) throw new NotAnAtom('atom-wildcard-version', { atom })
  const name = rest.slice(0, -behind.length)
  checkPackage(name, WILD_PACKAGE, atom)
  return { category, package: name, version, buildId: undefined, glob: true, extended: true }
}

interface Versioned {
  readonly name: string
  readonly version: string
}

/** `dev-libs/foo-1.2-r3` → `dev-libs/foo`; a name without a version stays as it is. */
export function withoutVersion(cpv: string): string {
  return cutVersion(cpv)?.name ?? cpv
}

/** `foo-1.2-r3` → `foo`, `1.2-r3`; undefined where no version stands behind a name. */
function cutVersion(text: string): Versioned | undefined {
  const last = text.lastIndexOf('-')
  if (last < 1) return undefined
  const at = /^r\d+$/.test(text.slice(last + 1)) ? text.lastIndexOf('-', last - 1) : last
  const version = text.slice(at + 1)
  return at > 0 && isVersion(version) ? { name: text.slice(0, at), version } : undefined
}

function checkCategory(found: string, grammar: RegExp, atom: string): void {
  if (!grammar.test(found)) throw new NotAnAtom('atom-bad-category', { atom, found })
}

function checkPackage(found: string, grammar: RegExp, atom: string): void {
  if (!grammar.test(found)) throw new NotAnAtom('atom-bad-package', { atom, found })
}
