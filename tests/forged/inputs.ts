/** Everything that must be refused, as a table: what it is, and what has to be said about it. */
import { KEY_FILES, OTHERS } from './circumstances.ts'
import { DIGESTS } from './digests.ts'
import type { Case, Forged, Kit } from './kit.ts'
import { SIGNATURES, TARBALLS } from './signatures.ts'

const CASES: readonly Case[] = [...TARBALLS, ...SIGNATURES, ...DIGESTS, ...KEY_FILES, ...OTHERS]

/** Cases that are about keys that should not sign any more; the others have a folder that is read faster. */
const OF_FORMER_KEYS = /expired|revoked|weak-key|clock-behind|older/

/** Makes them, each in a folder of its own. */
export async function forgedInputs(kit: Kit, cases: readonly Case[] = CASES): Promise<Forged[]> {
  const made: Forged[] = []
  for (const one of cases) {
    const { name, code, words, exit = 3 } = one
    const place = await kit.place()
    const { folder, tarball } = place
    const { userHome } = kit
    const trustedKeys = OF_FORMER_KEYS.test(code) ? kit.formerKeys : kit.trustedKeys
    const changed = (await one.make(place)) ?? {}
    made.push({ name, folder, tarball, trustedKeys, userHome, code, exit, words, ...changed })
  }
  return made
}
