/** Which configurations work with a data directory: what their locks name is kept for them. */
import { writeWhole } from '../system/files.ts'
import type { Layout } from './layout.ts'
import { readJson } from './steps.ts'

/** Absolute paths, sorted. */
export async function knownConfigurations({ configurations }: Pick<Layout, 'configurations'>): Promise<string[]> {
  const found = await readJson<unknown>(configurations)
  return Array.isArray(found) ? found.filter((path) => typeof path === 'string') : []
}

/** To be called while holding the data directory's lock. */
export async function rememberConfiguration(layout: Pick<Layout, 'configurations'>, config: string): Promise<void> {
  const known = await knownConfigurations(layout)
  if (!known.includes(config)) await writeWhole(layout.configurations, JSON.stringify([...known, config].toSorted()))
}
