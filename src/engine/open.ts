/** Engines by the name that stands in the configuration. */
import { UserError } from '../errors.ts'
import { openEmbedded } from './embedded/embedded.ts'
import type { Engine } from './engine.ts'

/**
 * @param data absolute path of the data directory
 * @throws UserError `unknown-engine`, or what the engine lacks on this host
 */
export async function openEngine(name: string, { data }: { readonly data: string }): Promise<Engine> {
  if (name === 'embedded') return openEmbedded(data)
  throw new UserError('unknown-engine', `There is no engine ${JSON.stringify(name)}.`, {
    hint: 'The engine there is: embedded.',
  })
}
