/** Values that can be hashed, kept and read back unchanged. */
import { createHash } from 'node:crypto'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** One text for one value: keys sorted, undefined members left out. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  let text = ''
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) text += `${text === '' ? '[' : ','}${canonical(item)}`
    return text === '' ? '[]' : `${text}]`
  }
  const members = value as { readonly [key: string]: Json | undefined }
  for (const key of Object.keys(members).toSorted()) {
    const item = members[key]
    if (item !== undefined) text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${canonical(item)}`
  }
  return text === '' ? '{}' : `${text}}`
}

/** `sha256` hex of a value's canonical text. */
export function digestOf(value: Json): string {
  return createHash('sha256').update(canonical(value)).digest('hex')
}

/** Which parts of a value changed, as `path: old → new`, short enough to read; for "why does this step run". */
export function differences(before: Json, after: Json, path = ''): string[] {
  if (canonical(before) === canonical(after)) return []
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted()
    return keys.flatMap((key) =>
      differences(before[key] ?? null, after[key] ?? null, path === '' ? key : `${path}.${key}`),
    )
  }
  if (Array.isArray(before) && Array.isArray(after) && isKeyedByPath(before) && isKeyedByPath(after))
    return differences(byPath(before), byPath(after), path)
  return [`${path}: ${shorten(before)} → ${shorten(after)}`]
}

function isObject(value: Json): value is { readonly [key: string]: Json | undefined } {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function isKeyedByPath(list: readonly Json[]): boolean {
  return list.every((item) => isObject(item) && typeof item['path'] === 'string')
}

function byPath(list: readonly Json[]): Json {
  return Object.fromEntries(
    list.map((item) => [isObject(item) && typeof item['path'] === 'string' ? item['path'] : '', item]),
  )
}

function shorten(value: Json): string {
  if (value === null) return 'nothing'
  const text = typeof value === 'string' ? value.trim().replaceAll('\n', '⏎') : canonical(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

export type JsonRecord = { readonly [key: string]: Json | undefined }

/** Of anything that is no object: one without members. */
export function recordOf(value: Json | undefined): JsonRecord {
  return value !== undefined && isObject(value) ? value : {}
}

/** Text as it is, everything else as its canonical text; nothing as nothing. */
export function textOf(value: Json | undefined): string {
  return value === undefined || value === null ? '' : typeof value === 'string' ? value : canonical(value)
}

export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return canonical(one ?? null) === canonical(other ?? null)
}

/** Keys whose values differ, sorted. */
export function changedKeys(before: JsonRecord, after: JsonRecord): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !isSame(before[key], after[key]))
    .toSorted()
}
