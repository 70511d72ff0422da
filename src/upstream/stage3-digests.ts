/** Whether a file is the one that a trusted DIGESTS speaks of. Pure. */
import type { UserError } from '../errors.ts'
import { parseDigests } from './digests.ts'
import type { FileDigests } from './digests.ts'
import { distrust } from './trust-refusals.ts'

const AGAIN = 'get the tarball, .asc and .DIGESTS again, all three from one folder of the mirror'

/** @returns what speaks against it; nothing if every digest that is listed fits, and at least one is */
export function againstDigests(name: string, text: string, found: Required<FileDigests>): UserError | undefined {
  const listed = parseDigests(text)
  const wanted = listed.get(name)
  const refuse = (code: string, words: string) => distrust(`stage3-digests-${code}`, `${name}.DIGESTS ${words}.`, AGAIN)
  if (wanted === undefined) {
    const others = [...listed.keys()].join(', ') || 'nothing'
    return refuse('other-name', `does not speak of ${name} but of ${others}; a file was renamed or exchanged`)
  }
  if (wanted.twice !== undefined) return refuse('twice', `lists ${name} twice, with different ${wanted.twice} digests`)
  const strong = (['sha512', 'blake2b'] as const).filter((algorithm) => wanted[algorithm] !== undefined)
  if (strong.length === 0) {
    const only = wanted.algorithms.join(', ')
    return refuse('weak', `has no SHA512 or BLAKE2B digest of ${name}, only ${only}`)
  }
  const wrong = strong.filter((algorithm) => wanted[algorithm] !== found[algorithm])
  const [first] = wrong
  if (first === undefined) return undefined
  if (wrong.length < strong.length)
    return refuse('contradict', `contradicts itself: of its digests of ${name} only ${first} is another file's`)
  return distrust(
    'stage3-digests-mismatch',
    `${name} is not the file that its DIGESTS names: ${first} ${wanted[first]} was wanted, ${found[first]} found.`,
    AGAIN,
  )
}
