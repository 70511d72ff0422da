/** Why a package is another one than before, in words. Pure. */
import { against } from './against.ts'
import { fingerprints } from './fingerprints.ts'
import { changedKeys, isSame, recordOf, textOf, type Json, type JsonRecord } from './json.ts'
import { wordChange } from './portage-changes.ts'
import type { Resolved, ResolvedPackage } from './resolved.ts'

/** An answer with the identities of its packages. */
export interface Identified {
  readonly resolved: Resolved
  /** id → fingerprint. */
  readonly marks: ReadonlyMap<string, string>
}

export function identified(resolved: Resolved): Identified {
  return { resolved, marks: fingerprints(resolved) }
}

/** @returns undefined where there was no such package; empty where it is the same */
export function packageChanges(entry: ResolvedPackage, now: Identified, before: Identified): string[] | undefined {
  const place = entry.id.slice(0, entry.id.indexOf(':'))
  const alike = before.resolved.packages.filter(
    ({ id, name, slot, installed }) =>
      name === entry.name && slot === entry.slot && installed === undefined && id.startsWith(`${place}:`),
  )
  const old = alike.find(({ cpv }) => cpv === entry.cpv) ?? alike[0]
  if (old === undefined) return undefined
  if (before.marks.get(old.id) === now.marks.get(entry.id)) return []
  const said = [
    ...versions(old, entry),
    ...wordsChanged('USE', old.use, entry.use),
    ...madeOf(old.madeFrom ?? {}, entry.madeFrom ?? {}, old.cpv !== entry.cpv),
    ...toolchain(recordOf(before.resolved.toolchain), recordOf(now.resolved.toolchain)),
    ...builtWith(old, entry, before, now),
    ...boundTo(old, entry, before, now),
  ]
  return said.length > 0 ? said : ['how packages are told apart changed with this version of gentoomuch']
}

function versions(old: ResolvedPackage, now: ResolvedPackage): string[] {
  return [
    ...(old.version === now.version ? [] : [`version ${old.version} → ${now.version}`]),
    ...(old.repository === now.repository ? [] : [`from ${now.repository} instead of ${old.repository}`]),
    ...(old.subslot === now.subslot ? [] : [`sub-slot ${old.subslot} → ${now.subslot}`]),
  ]
}

function madeOf(old: JsonRecord, now: JsonRecord, otherVersion: boolean): string[] {
  const parts: [string, (what: string) => string][] = [
    ['eclasses', (what) => `eclass ${what}`],
    ['patches', (what) => `patch ${what}`],
    ['bashrcs', (what) => what],
    ['savedconfig', (what) => `saved configuration ${what}`],
  ]
  const sources = members(recordOf(old['manifest']), recordOf(now['manifest']), (what) => `source ${what}`)
  return [
    ...(otherVersion || isSame(old['ebuild'], now['ebuild']) ? [] : ['its ebuild was edited']),
    ...(otherVersion || isSame(old['filesdir'], now['filesdir']) ? [] : ['a file in its files/ changed']),
    ...(otherVersion ? [] : sources),
    ...parts.flatMap(([part, words]) => members(flat(old[part]), flat(now[part]), words)),
    ...environment(recordOf(old['environment']), recordOf(now['environment'])),
  ]
}

/** Variables, in the words that came and went. */
function environment(old: JsonRecord, now: JsonRecord): string[] {
  return changedKeys(old, now).flatMap((name) => {
    const split = (value: Json | undefined) => (typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : [])
    return [`${name}: ${wordChange(split(old[name]), split(now[name]))}`]
  })
}

function toolchain(old: JsonRecord, now: JsonRecord): string[] {
  return changedKeys(old, now).map((name) => {
    // The last word of a package is a digest of its files.
    const [from, to] = [old, now].map((one) => textOf(one[name]).replace(/ [0-9a-f]{64}$/, '') || 'none')
    return from === to ? `${name}: its files are others` : `${name}: ${from} → ${to}`
  })
}

/** Direct build dependencies that are others now. */
function builtWith(old: ResolvedPackage, entry: ResolvedPackage, before: Identified, now: Identified): string[] {
  const [was, is] = [buildsWith(old, before), buildsWith(entry, now)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [from, to] = [was.get(name), is.get(name)]
    if (from === undefined) return [`built with ${to?.cpv} now`]
    if (to === undefined) return [`no longer built with ${from.cpv}`]
    if (from.mark === to.mark) return []
    return [
      from.cpv === to.cpv
        ? `${to.cpv}, which it is built with, is another one`
        : `built with ${to.cpv} instead of ${from.cpv}`,
    ]
  })
}

function buildsWith(entry: ResolvedPackage, { resolved, marks }: Identified) {
  return new Map(
    against(resolved)(entry).build.map(({ is, installed }) => [
      `${is.name}:${is.slot}`,
      { cpv: is.cpv, mark: installed ?? marks.get(is.id) },
    ]),
  )
}

/** `:=` of what it only runs with. */
function boundTo(old: ResolvedPackage, entry: ResolvedPackage, before: Identified, now: Identified): string[] {
  const [was, is] = [against(before.resolved)(old).bound, against(now.resolved)(entry).bound]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [from, to] = [was.get(name), is.get(name)]
    if (from === to) return []
    if (from === undefined) return [`bound to ${name}/${to} now`]
    if (to === undefined) return [`no longer bound to ${name}/${from}`]
    return [`bound to ${name}/${to} instead of ${name}/${from}`]
  })
}

function members(old: JsonRecord, now: JsonRecord, words: (name: string) => string): string[] {
  return changedKeys(old, now).map((name) => {
    const how = old[name] === undefined ? 'new' : now[name] === undefined ? 'gone' : 'changed'
    return `${words(name)}: ${how}`
  })
}

/** Folders of files as paths. */
function flat(value: Json | undefined, under = ''): JsonRecord {
  const found = Object.entries(recordOf(value)).flatMap(([name, one]) => {
    const inner = recordOf(one)
    return Object.keys(inner).length > 0 ? Object.entries(flat(inner, `${under}${name}/`)) : [[`${under}${name}`, one]]
  })
  return Object.fromEntries(found) as JsonRecord
}

function wordsChanged(what: string, old: readonly string[], now: readonly string[]): string[] {
  const added = now.filter((word) => !old.includes(word)).map((word) => `+${word}`)
  const gone = old.filter((word) => !now.includes(word)).map((word) => `-${word}`)
  return added.length + gone.length === 0 ? [] : [`${what}: ${[...added, ...gone].join(' ')}`]
}
