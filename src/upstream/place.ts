/** A place is an http or https address or an absolute path. Pure. */
import { basename, join, resolve } from 'node:path'
import { isAddress, pathOf } from './mirrors.ts'

/** What a user wrote, as a place: a file:// address is a path. */
export function placeOf(word: string): string {
  return isAddress(word) ? word : resolve(pathOf(word) ?? word)
}

/** The base name of the file; undefined for what names none, or a hidden one. */
export function nameOf(place: string): string | undefined {
  const name = isAddress(place) ? lastWord(place) : basename(place)
  return /^[^./\p{Cc}][^/\p{Cc}]*$/u.test(name) ? name : undefined
}

/** The place of the file in the same folder that has `suffix` behind its name. */
export function beside(place: string, suffix: string): string {
  return withName(place, (nameOf(place) ?? '') + suffix)
}

/** The place of another file in the same folder; what stands behind `?` in an address stays. */
export function withName(place: string, name: string): string {
  if (!isAddress(place)) return join(place, '..', name)
  const address = new URL(place)
  address.pathname = address.pathname.replace(/[^/]*$/, encodeURIComponent(name))
  return address.href
}

function lastWord(address: string): string {
  try {
    return decodeURIComponent(new URL(address).pathname.replace(/^.*\//, ''))
  } catch {
    return ''
  }
}
