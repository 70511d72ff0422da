/** A container in which something failed, kept for whoever wants to look around in it. */
import type { Container } from '../engine/engine.ts'
import type { Tools } from './handler.ts'

/** @returns for the failure: the words that open a shell in it; nothing where it could not be kept, on a full disk say */
export async function shellFor(
  container: Pick<Container, 'preserve'>,
  tools: Pick<Tools, 'preserved' | 'shellIn'>,
): Promise<{ readonly shell?: string }> {
  try {
    const name = await container.preserve()
    tools.preserved(name)
    return { shell: tools.shellIn(name) }
  } catch {
    // Why it failed matters more.
    return {}
  }
}
