/** `npm run bench`: what the program promises about its speed, measured. Exits with 1 where a promise is broken. */
import { availableParallelism, cpus, loadavg } from 'node:os'
import { projectRoot } from '../../src/system/project.ts'
import { benchCheck } from './check.ts'

export interface Bench {
  readonly title: string
  /** Of the figures' columns. */
  readonly heads: readonly string[]
  readonly rows: readonly Row[]
  /** Promises that do not hold, as sentences. */
  readonly broken: readonly string[]
}

export interface Row {
  readonly name: string
  readonly figures: readonly string[]
}

function table({ title, heads, rows }: Bench): string {
  const all = [['', ...heads], ...rows.map(({ name, figures }) => [name, ...figures])]
  const widths = ['', ...heads].map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)))
  const lines = all.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2)))
      .join('')
      .trimEnd(),
  )
  return [title, ...lines].join('\n')
}

/** Others' work makes every figure worse. */
function load(): string {
  const [now = 0] = loadavg()
  const cores = availableParallelism()
  const machine = `${cores} cores, ${cpus()[0]?.model ?? 'an unknown CPU'}, node ${process.version}`
  return now > cores
    ? `${machine}; the machine is loaded (${now.toFixed(1)} processes want its ${cores} cores): the figures are worse than its own`
    : `${machine}; load ${now.toFixed(1)} before`
}

const before = load()
const benches = [await benchCheck(projectRoot())]
console.log([before, ...benches.map(table)].join('\n\n'))
const broken = benches.flatMap((bench) => bench.broken)
for (const one of broken) console.error(`bench: ${one}`)
process.exitCode = broken.length > 0 ? 1 : 0
