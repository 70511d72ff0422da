/** Outputs of steps, kept by key. A record is a small JSON file that appears whole; what it points at is kept elsewhere. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, type Json } from '../plan/json.ts'
import type { Output } from '../plan/step.ts'
import { readIfThere, writeWhole } from '../system/files.ts'
import type { Layout } from './layout.ts'

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

export class StepStore {
  private readonly layout: Layout

  constructor(layout: Layout) {
    this.layout = layout
  }

  /** The record of a key, or undefined. A record that cannot be read counts as absent: the step runs again. */
  async find(key: string): Promise<StepRecord | undefined> {
    return readJson<StepRecord>(join(this.layout.steps, `${key}.json`))
  }

  /** Every record there is. */
  async all(): Promise<StepRecord[]> {
    const names = await readdir(this.layout.steps).catch(() => [])
    const records = await Promise.all(
      names
        .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
        .map((name) => this.find(name.slice(0, -5))),
    )
    return records.filter((record) => record !== undefined)
  }

  async keep(record: StepRecord, ingredients: Json): Promise<void> {
    await writeWhole(join(this.layout.steps, `${record.key}.json`), JSON.stringify(record))
    const last: LastRun = { key: record.key, ingredients }
    await writeWhole(this.lastPath(record.id), JSON.stringify(last))
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
