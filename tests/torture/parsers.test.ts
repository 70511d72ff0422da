/** Spoilt files by the thousand: nothing that a user's file holds may throw, hang, get lost or be told wrongly. */
import { afterAll, expect, test } from 'vitest'
import { corpus, type SeedFile } from './corpus.ts'
import { SpoiltDirectory } from './directories.ts'
import { mutated } from './mutations.ts'
import { PARSERS } from './parsers.ts'
import { composedWith, faultsOfComposed, filesOf } from './pieces.ts'
import { Random } from './random.ts'
import { faultsOf, faultsOfProblems } from './requirements.ts'
import { Stopwatch } from './stopwatch.ts'
import { Watchdog } from './watchdog.ts'

/** GENTOOMUCH_TORTURE_FROM and _RUNS=1 do one input of a seed again. */
const RUNS = Number(process.env['GENTOOMUCH_TORTURE_RUNS'] ?? 20_000)
const FROM = Number(process.env['GENTOOMUCH_TORTURE_FROM'] ?? 0)
/** Another seed for every day, so that the runs of a project's life try more than one of them. */
const SEED = Number(process.env['GENTOOMUCH_TORTURE_SEED'] ?? Math.floor(Date.now() / 86_400_000))

/** In milliseconds, for one parse of one file of up to 64 KB. */
const LIMIT = 100

/** Of how many inputs one is composed as well, and one spoils a whole directory. */
const COMPOSED = 4
const DIRECTORY = 20

/** More would only repeat themselves. */
const TOLD = 20

const watchdog = new Watchdog()
afterAll(() => watchdog.stop())

class Faults {
  readonly told: string[] = []
  private readonly kinds = new Set<string>()

  /** One of each kind, with how to see it again. */
  add(input: number, how: string, parser: string, faults: readonly string[]): void {
    for (const fault of new Set(faults)) {
      const kind = `${parser}: ${fault
        .replace(/"[^]*$/, '')
        .replaceAll(/\d+/g, 'N')
        .slice(0, 60)}`
      if (this.kinds.has(kind) || this.told.length >= TOLD) continue
      this.kinds.add(kind)
      this.told.push(
        `${parser}: ${fault}\n  ${how}\n  GENTOOMUCH_TORTURE_SEED=${SEED} GENTOOMUCH_TORTURE_FROM=${input} GENTOOMUCH_TORTURE_RUNS=1`,
      )
    }
  }
}

/** What it finds, or what it threw, as a fault. */
function attempt(work: () => readonly string[]): readonly string[] {
  try {
    return work()
  } catch (error) {
    return [thrown(error)]
  }
}

function thrown(error: unknown): string {
  const [message, ...stack] = (error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n')
  return `throws ${[message, ...stack.slice(0, 3).map((line) => line.trim())].join(' ')}`
}

function spoiltFile(input: number, seeds: readonly SeedFile[]) {
  const random = new Random(SEED, input)
  const seed = random.pick(seeds)
  const { bytes, by } = mutated(random, seed.bytes, random.pick(seeds).bytes)
  return { bytes, how: `${seed.path} (${bytes.length} bytes): ${by.join(', ')}` }
}

test(`${RUNS} spoilt files`, { timeout: 3_600_000 }, () => {
  const seeds = corpus(SEED)
  const watch = new Stopwatch(LIMIT)
  const faults = new Faults()
  for (let input = FROM; input < FROM + RUNS; input++) {
    const { bytes, how } = spoiltFile(input, seeds)
    const text = String(bytes)
    for (const [index, [name, parse]] of Object.entries(PARSERS).entries()) {
      watchdog.at(input, index)
      const found = attempt(() => {
        const { result, over } = watch.measure(name, () => parse(text, bytes))
        return [...faultsOf(text, result), ...slow(over)]
      })
      if (found.length > 0) faults.add(input, how, name, found)
    }
    if (input % COMPOSED !== 0) continue
    const found = attempt(() => {
      watchdog.at(input, -1)
      const which = input / COMPOSED
      const { result, over } = watch.measure('compose', () => composedWith(bytes, which), filesOf(which))
      const told = faultsOfProblems(result.composed.problems, result.texts)
      return [...told, ...faultsOfComposed(result.composed), ...slow(over)]
    })
    if (found.length > 0) faults.add(input, how, 'compose', found)
  }
  const { name, milliseconds } = watch.slowest
  console.log(
    `torture: ${RUNS} files, ${watch.count} parses, slowest ${milliseconds.toFixed(1)} ms (${name}), ` +
      `${verdict(faults)} (seed ${SEED})`,
  )
  expect(faults.told.join('\n\n')).toBe('')
})

test('spoilt configuration directories', { timeout: 3_600_000 }, async () => {
  const seeds = corpus(SEED)
  const faults = new Faults()
  const watch = new Stopwatch(LIMIT)
  const directory = new SpoiltDirectory()
  let [problems, directories] = [0, 0]
  try {
    for (let input = FROM; input < FROM + RUNS; input++) {
      if (input % DIRECTORY !== 0) continue
      directories++
      watchdog.at(input, -2)
      const random = new Random(SEED, input, 1)
      directory.spoil(random, random.pick(seeds))
      try {
        const { result, over } = await watch.measureLater('check', () => directory.inspect(), directory.spoilt + 1)
        problems += result.problems.length
        faults.add(input, 'files of it', 'directory', [
          ...faultsOfProblems(result.problems, directory.texts()),
          ...slow(over),
        ])
      } catch (error) {
        faults.add(input, 'files of it', 'directory', [thrown(error)])
      }
    }
  } finally {
    directory.remove()
  }
  console.log(
    `torture: ${directories} directories, ${problems} problems told, slowest ` +
      `${watch.slowest.milliseconds.toFixed(1)} ms a file, ${verdict(faults)} (seed ${SEED})`,
  )
  expect(faults.told.join('\n\n')).toBe('')
})

function verdict({ told }: Faults): string {
  return told.length === 0 ? 'all fine' : `${told.length} faults`
}

function slow(over: number | undefined): string[] {
  return over === undefined ? [] : [`takes ${over.toFixed(0)} ms`]
}
