/** Which configurations work with a data directory: what their locks name is kept for them. */
import { exists, writeWhole } from '../system/files.ts'
import type { Layout } from './layout.ts'
import { readJson } from './steps.ts'

/** Absolute paths, sorted; none where nothing was synced yet, undefined where that cannot be told. */
export async function knownConfigurations({
  configurations,
}: Pick<Layout, 'configurations'>): Promise<string[] | undefined> {
  const found = await readJson<unknown>(configurations)
  if (found === undefined && !(await exists(configurations))) return []
  return Array.isArray(found) && found.every((path) => typeof path === 'string') ? found : undefined
}

/**
 * To be called while holding the data directory's lock. A list that cannot be read stays as it is: what it held is not known, and
 * so nothing is removed.
 */
export async function rememberConfiguration(layout: Pick<Layout, 'configurations'>, config: string): Promise<void> {
  const known = await knownConfigurations(layout)
  if (known !== undefined && !known.includes(config))
    await writeWhole(layout.configurations, JSON.stringify([...known, config].toSorted()))
}
