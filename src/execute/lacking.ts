/** Which binary packages of an answer are still to be compiled. */
import { marksToHave } from '../plan/fingerprints.ts'
import type { Resolved } from '../plan/resolved.ts'
import type { PackageStore } from '../store/packages.ts'

type Lacking = ReadonlyMap<string, string>

/** What an answer lacked when it was asked about last: only that can be lacking now, for little leaves the store in a run. */
const before = new WeakMap<Resolved, Lacking>()

/** cpv → fingerprint, as far as looking tells: no byte of what is there is read. */
export async function lackingOf(resolved: Resolved, packages: PackageStore): Promise<Lacking> {
  const lacks = new Map<string, string>()
  for (const [cpv, mark] of before.get(resolved) ?? marksToHave(resolved))
    if ((await packages.find(mark)) === undefined) lacks.set(cpv, mark)
  before.set(resolved, lacks)
  return lacks
}

/** The same with every byte verified: what is damaged is taken out of the store, told, and lacking. */
export async function lackingOrDamaged(
  resolved: Resolved,
  packages: PackageStore,
  onDamaged: (cpv: string) => void,
): Promise<Lacking> {
  const lacks = new Map<string, string>()
  for (const [cpv, mark] of marksToHave(resolved)) {
    const entry = await packages.verified(mark)
    if (entry === 'damaged') onDamaged(cpv)
    if (entry === undefined || entry === 'damaged') lacks.set(cpv, mark)
  }
  return lacks
}
