/** What the store has written down of steps. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Person } from './kit.ts'

export interface Recorded {
  /** Absolute path of the record. */
  readonly path: string
  readonly key: string
  readonly value: {
    readonly tree?: { readonly layers: readonly string[] }
    /** Of a compile step: cpv → fingerprint. */
    readonly fingerprints?: Readonly<Record<string, string>>
  } | null
}

/** The record that a step used last, whichever step made it. */
export async function lastRecord(who: Person, id: string): Promise<Recorded> {
  const store = join(who.data, 'store')
  const texts = await Promise.all(
    (await readdir(join(store, 'uses'))).map((name) => readFile(join(store, 'uses', name), 'utf8')),
  )
  const uses = texts.map((text) => JSON.parse(text) as { id: string; keys: { key: string; at: number }[] })
  const keys = uses.find((one) => one.id === id)?.keys ?? []
  const key = keys.toSorted((a, b) => b.at - a.at)[0]?.key
  if (key === undefined) throw new Error(`${id} was never made`)
  const path = join(store, 'steps', `${key}.json`)
  const { output } = JSON.parse(await readFile(path, 'utf8')) as { output: { value: Recorded['value'] } }
  return { path, key, value: output.value }
}
