/** How much `clean` would free. */
import type { Config } from '../../config/model.ts'
import { decide } from '../../store/collect/decide.ts'
import type { Policy } from '../../store/collect/facts.ts'
import type { Freeable } from '../room.ts'
import type { Run } from '../run.ts'
import { look } from './look.ts'
import { measure } from './measure.ts'

const USUAL: Policy = { keep: 2, older: undefined }

const MOST: Policy = { keep: 1, older: 0 }

/** Undefined where a lock cannot be read. */
export async function freeable(config: Config, run: Run): Promise<Freeable | undefined> {
  const looked = await look(config, { ...run, emit: () => undefined })
  if (looked === undefined) return undefined
  const bytesOf = async (policy: Policy) => {
    const items = await measure(decide(looked.facts, policy), looked.facts, run)
    return items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  }
  return { usually: await bytesOf(USUAL), atMost: await bytesOf(MOST) }
}
