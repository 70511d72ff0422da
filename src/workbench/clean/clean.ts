/** clean: says what nothing needs any more, with what it takes on disk and why it goes, and removes it. */
import type { Config } from '../../config/model.ts'
import type { Run } from '../../execute/run.ts'
import { decide } from '../../store/collect/decide.ts'
import type { Policy } from '../../store/collect/facts.ts'
import { look } from '../../execute/clean/look.ts'
import { measure, type Item } from '../../execute/clean/measure.ts'
import { removeItems } from './remove.ts'

export interface CleanOptions extends Policy {
  readonly dryRun: boolean
  /** Asked before anything goes. */
  readonly agreed: (items: readonly Item[]) => Promise<boolean>
}

export interface Cleaned {
  readonly items: readonly Item[]
  /** Bytes on disk of all of them. */
  readonly bytes: number
  /** Whether they are gone. */
  readonly removed: boolean
  /** Absolute paths of what lies in our folders and is not ours. */
  readonly strange: readonly string[]
  /** Names of sources that no step ever asked for. */
  readonly strangeSources: readonly string[]
}

const NOTHING: Cleaned = { items: [], bytes: 0, removed: false, strange: [], strangeSources: [] }

export async function clean(config: Config, run: Run, { dryRun, agreed, ...policy }: CleanOptions): Promise<Cleaned> {
  const looked = await look(config, run)
  if (looked === undefined) return NOTHING
  const decision = decide(looked.facts, policy)
  const items = await measure(decision, looked.facts, run)
  const bytes = items.reduce((sum, item) => sum + (item.bytes ?? 0), 0)
  const told = { items, bytes, strange: looked.strange, strangeSources: decision.strangeSources }
  if (dryRun || items.length === 0 || !(await agreed(items))) return { ...told, removed: false }
  await removeItems(items, decision, looked.facts, run)
  return { ...told, removed: true }
}
