/** The porter that enters next: one for all of this process, and the next one when it has no sockets left. */
import { Porter } from './porter.ts'
import type { Started, Starting } from './started.ts'

/** When so few entries are left the next porter is started; that takes about as long as one of them. */
const LOW = 4

interface Place {
  now: Porter
  next: Porter | undefined
}

/** By who they are and where they look for programs. */
const places = new Map<string, Place>()

/** Starts one that whoever enters first need not wait for. @throws PorterFailure */
export function awaitEntries(starting: Starting): void {
  placeOf(starting)
}

function placeOf(starting: Starting): { readonly name: string; readonly place: Place } {
  if (places.size === 0) process.once('beforeExit', leave)
  const name = JSON.stringify([starting.program, starting.env['PATH'], starting.who])
  const place = places.get(name) ?? { now: new Porter(starting), next: undefined }
  places.set(name, place)
  return { name, place }
}

/** Nothing of this program outlives it, and what they and theirs took counts as what this program took. */
function leave(): void {
  for (const { now, next } of places.values()) for (const porter of [now, next]) porter?.leave()
  places.clear()
}

/** It is not wanted yet: where it cannot be started now, this is for whoever wants it to hear. */
function early(starting: Starting): Porter | undefined {
  try {
    return new Porter(starting)
  } catch {
    return undefined
  }
}

/** @throws PorterFailure */
export async function enterBy(starting: Starting, wants: Parameters<Porter['enter']>[0]): Promise<Started> {
  for (;;) {
    const { name, place } = placeOf(starting)
    const porter = place.now
    try {
      await porter.opened
    } catch (error) {
      places.delete(name)
      throw error
    }
    if (porter.left > 0) {
      if (porter.left <= LOW) place.next ??= early(starting)
      return porter.enter(wants)
    }
    // Others may have waited for it as well.
    if (place.now !== porter) continue
    place.now = place.next ?? new Porter(starting)
    place.next = undefined
  }
}
