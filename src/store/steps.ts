/** Outputs of steps, kept by key. A record is a small JSON file that appears whole; what it points at is kept elsewhere. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { digestOf, type Json } from '../plan/json.ts'
import type { Output } from '../plan/step.ts'
import { namesIn, readIfThere, writeWhole } from '../system/files.ts'
import type { Layout } from './layout.ts'
import { readSealed, sealed } from './sealed.ts'

export interface StepRecord {
  readonly id: string
  readonly kind: string
  readonly key: string
  readonly output: Output
  readonly seconds: number
}

/** The last run of a step id, whatever its key was. */
export interface LastRun {
  readonly key: string
  readonly ingredients: Json
}

/** What a step had as its output, because it ran or because it was there; `at` in milliseconds since the epoch. */
export interface Use {
  readonly id: string
  readonly key: string
  readonly at: number
}

const useFile = v.object({ id: v.string(), keys: v.array(v.object({ key: v.string(), at: v.number() })) })

/** More than anybody goes back to. */
const MOST_USES = 50

/** A use that is younger, in milliseconds, is not written down anew. */
const SAME_USE = 12 * 60 * 60 * 1000

export class StepStore {
  private readonly layout: Layout
  private readonly onDamaged: (key: string) => unknown

  /** @param onDamaged told of a record that was asked for */
  constructor(layout: Layout, onDamaged: (key: string) => unknown = () => undefined) {
    this.layout = layout
    this.onDamaged = onDamaged
  }

  /** The record of a key, or undefined. A record that is damaged counts as absent: the step runs again. */
  async find(key: string): Promise<StepRecord | undefined> {
    const record = await this.read(key)
    if (record === 'damaged') await this.onDamaged(key)
    return record === 'damaged' ? undefined : record
  }

  /** Every record there is. */
  async all(): Promise<StepRecord[]> {
    const names = await namesIn(this.layout.steps)
    const records = await Promise.all(
      names
        .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
        .map((name) => this.read(name.slice(0, -5))),
    )
    return records.filter((record) => record !== undefined && record !== 'damaged')
  }

  async keep(record: StepRecord, ingredients: Json): Promise<void> {
    await writeWhole(join(this.layout.steps, `${record.key}.json`), sealed(record))
    const last: LastRun = { key: record.key, ingredients }
    await writeWhole(this.lastPath(record.id), JSON.stringify(last))
    await this.use(record.id, record.key)
  }

  /**
   * Notes that a step has the output of a key now. When a record was written does not say so: a step may go back to an
   * earlier one, and several steps may share one.
   */
  async use(id: string, key: string, now = Date.now()): Promise<void> {
    const path = join(this.layout.uses, `${digestOf(id)}.json`)
    const before = v.safeParse(useFile, await readJson<unknown>(path))
    const known = before.success ? before.output.keys : []
    const age = now - (known[0]?.at ?? 0)
    if (known[0]?.key === key && age >= 0 && age < SAME_USE) return
    const keys = [{ key, at: now }, ...known.filter((one) => one.key !== key)].slice(0, MOST_USES)
    await writeWhole(path, JSON.stringify({ id, keys }))
  }

  async uses(): Promise<Use[]> {
    const names = (await namesIn(this.layout.uses)).filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
    const files = await Promise.all(names.map((name) => readJson<unknown>(join(this.layout.uses, name))))
    return files.flatMap((found) => {
      const read = v.safeParse(useFile, found)
      return read.success ? read.output.keys.map((use) => ({ id: read.output.id, ...use })) : []
    })
  }

  async forget(key: string): Promise<void> {
    await rm(join(this.layout.steps, `${key}.json`), { force: true })
  }

  async lastRun(id: string): Promise<LastRun | undefined> {
    const last = await readJson<Partial<LastRun>>(this.lastPath(id))
    return typeof last?.key === 'string' && last.ingredients !== undefined
      ? { key: last.key, ingredients: last.ingredients }
      : undefined
  }

  private async read(key: string): Promise<StepRecord | 'damaged' | undefined> {
    const record = await readSealed<StepRecord>(join(this.layout.steps, `${key}.json`))
    return typeof record === 'object' && record.key !== key ? 'damaged' : record
  }

  private lastPath(id: string): string {
    return join(this.layout.last, `${digestOf(id)}.json`)
  }
}

/** JSON of a file, or undefined where it is missing or damaged. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readIfThere(path)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}
