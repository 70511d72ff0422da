/** Which binary packages of an answer are still to be compiled. */
import { packagesToHave } from '../plan/fingerprints.ts'
import type { Resolved } from '../plan/resolved.ts'
import type { PackageStore } from '../store/packages.ts'

/** What an answer lacked when it was asked about last: only that can be lacking now, for nothing leaves the store in a run. */
const before = new WeakMap<Resolved, ReadonlyMap<string, string>>()

/** cpv → fingerprint */
export async function lackingOf(resolved: Resolved, packages: PackageStore): Promise<ReadonlyMap<string, string>> {
  const wanted = before.get(resolved) ?? packagesToHave(resolved)
  const lacking = new Map<string, string>()
  for (const [cpv, mark] of wanted) if ((await packages.find(mark)) === undefined) lacking.set(cpv, mark)
  before.set(resolved, lacking)
  return lacking
}
