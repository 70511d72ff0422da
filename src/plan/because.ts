/** Why a step runs, in words: what it ran with the last time, and what it would run with now. Pure. */
import { changedKeys, differences, isSame, recordOf, textOf, type Json, type JsonRecord } from './json.ts'
import { portageChanges } from './portage-changes.ts'

/** Both as `ingredients` of `verdict.ts` gives them. Empty where nothing changed: then what was there is gone. */
export function because(before: Json, after: Json): string[] {
  const [old, now] = [recordOf(before), recordOf(after)]
  return [
    ...inputChanges(recordOf(old['input']), recordOf(now['input'])),
    ...(isSame(old['recipe'], now['recipe']) ? [] : ['this version of gentoomuch does the step in another way']),
    ...parentChanges(recordOf(old['parents']), recordOf(now['parents'])),
  ]
}

function inputChanges(before: JsonRecord, after: JsonRecord): string[] {
  return changedKeys(before, after).flatMap((key) => {
    const [old, now] = [before[key], after[key]]
    switch (key) {
      case 'portage': {
        const [from, to] = [recordOf(old), recordOf(now)]
        return [...portageChanges(from['files'], to['files']), ...plain('profile', from['profile'], to['profile'])]
      }
      case 'sha512':
      case 'primary':
        return []
      case 'name':
        return plain('stage3', old, now)
      case 'files':
        return named('file', old, now, 'path')
      case 'folders':
        return named('folder', old, now, 'path')
      case 'scripts':
        return named('script', old, now, 'name')
      case 'services':
        return named('service', old, now, 'name')
      case 'locales':
        return named('locale', old, now, 'text')
      case 'removals':
        return named('removal', old, now, 'pattern')
      case 'timezone':
        return plain('time zone', recordOf(old)['name'], recordOf(now)['name'])
      case 'hostname':
        return plain('host name', old, now)
      case 'nodes':
        return ['its device nodes changed']
      case 'sources':
        return ['the stage3 or a repository that it is made of is another one']
      case 'signer':
        return plain('signing key', old, now)
      case 'revision':
        return plain('revision', short(old), short(now))
      case 'tree':
      case 'time':
        return isSame(before['revision'], after['revision']) ? plain(key, old, now) : []
      default:
        return Array.isArray(old) && Array.isArray(now)
          ? words(key, old, now)
          : differences(old ?? null, now ?? null, key)
    }
  })
}

/** Roles in words; of repositories their names. */
const ROLES: Readonly<Record<string, string>> = {
  seed: 'the seed',
  builder: 'the builder',
  resolved: "Portage's answer",
  fetched: 'what was fetched',
  packages: 'the packages',
  root: 'the root',
  packed: 'the tarball',
  snapshot: 'the snapshot',
  tree: 'what it works on',
}

function parentChanges(before: JsonRecord, after: JsonRecord): string[] {
  return changedKeys(before, after).map((role) => {
    const name = ROLES[role] ?? role.replace(/^repository /, 'the repository ')
    if (before[role] === undefined) return `${name} is new to it`
    return after[role] === undefined ? `${name} is no longer part of it` : `${name} came out otherwise`
  })
}

/** JsonRecord of lists that have names: new ones, those that are gone, and changed ones. */
function named(what: string, before: Json | undefined, after: Json | undefined, by: string): string[] {
  const [old, now] = [keyed(before, by), keyed(after, by)]
  return changedKeys(old, now).map((name) => {
    if (old[name] === undefined) return `${what} ${name}: new`
    return `${what} ${name}: ${now[name] === undefined ? 'gone' : 'changed'}`
  })
}

function keyed(list: Json | undefined, by: string): JsonRecord {
  const items = Array.isArray(list) ? (list as readonly Json[]) : []
  return Object.fromEntries(items.map((item) => [textOf(recordOf(item)[by]), item]))
}

/** Lists of words: `sets: +desktop -server`. */
function words(what: string, before: readonly Json[], after: readonly Json[]): string[] {
  const [old, now] = [before.map((one) => textOf(one)), after.map((one) => textOf(one))]
  const added = now.filter((one) => !old.includes(one)).map((one) => `+${one}`)
  const gone = old.filter((one) => !now.includes(one)).map((one) => `-${one}`)
  return [`${what}: ${[...added, ...gone].join(' ') || 'another order'}`]
}

function plain(what: string, before: Json | undefined, after: Json | undefined): string[] {
  return isSame(before, after) ? [] : [`${what}: ${said(before)} → ${said(after)}`]
}

function said(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return 'none'
  return textOf(value)
}

function short(value: Json | undefined): Json | undefined {
  return typeof value === 'string' ? value.slice(0, 12) : value
}
