/** A few of the spoilt files of tests/torture, small ones, in every run of the unit tests. */
import { expect, test } from 'vitest'
import { corpus } from './torture/corpus.ts'
import { mutated } from './torture/mutations.ts'
import { PARSERS } from './torture/parsers.ts'
import { composedWith, faultsOfComposed } from './torture/pieces.ts'
import { Random } from './torture/random.ts'
import { faultsOf, faultsOfProblems } from './torture/requirements.ts'

test('120 spoilt files: nothing throws, gets lost or is told wrongly', () => {
  const seeds = corpus(1)
  const found: string[] = []
  for (let input = 0; input < 120; input++) {
    const random = new Random(1, input)
    const { bytes, by } = mutated(random, random.pick(seeds).bytes, random.pick(seeds).bytes, false)
    const text = String(bytes)
    const tell = (parser: string, faults: readonly string[]) =>
      found.push(...faults.map((fault) => `${parser}, input ${input} (${by.join(', ')}): ${fault}`))
    for (const [name, parse] of Object.entries(PARSERS)) tell(name, faultsOf(text, parse(text, bytes)))
    if (input % 4 !== 0) continue
    const { composed, texts } = composedWith(bytes, input / 4)
    tell('compose', [...faultsOfProblems(composed.problems, texts), ...faultsOfComposed(composed)])
  }
  expect(found).toEqual([])
})
