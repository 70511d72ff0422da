/** `gentoomuch check` on a large configuration: under a second, under 200 MB. */
import { execFileSync } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { benchFolder } from './folder.ts'
import type { Bench, Row } from './table.ts'
import { LARGE, writeLargeConfiguration } from './large-configuration.ts'
import { measured, median, type Measured } from './measure.ts'

/** The promise: the median of the runs, in seconds, and the largest of the peaks, in MB. */
const SECONDS = 1
const MEGABYTES = 200

const RUNS = 5

export async function benchCheck(root: string): Promise<Bench> {
  const folder = await benchFolder()
  try {
    const [config, data] = [join(folder, 'config'), join(folder, 'data')]
    await Promise.all([writeLargeConfiguration(config), mkdir(data)])
    const program = join(root, 'gentoomuch')
    const check = await runs([program, 'check', '--config', config, '--data', data])
    const version = await runs([program, '--version'])
    const node = await runs([process.execPath, '-e', '0'])
    const seconds = secondsOf(check)
    const megabytes = Math.max(...check.looked.map((run) => run.megabytes))
    const rows: Row[] = [
      row('gentoomuch check', check),
      row('gentoomuch --version', version),
      row('node -e 0', node),
      { name: 'check : --version', figures: [`${(seconds / secondsOf(version)).toFixed(1)} times`] },
      { name: 'check : node -e 0', figures: [`${(seconds / secondsOf(node)).toFixed(1)} times`] },
      ...phasesOf(config).map(([name, times]): Row => ({
        name: `  ${name}`,
        figures: [`${median(times).toFixed(0)} ms`, `${Math.min(...times).toFixed(0)} ms`],
      })),
    ]
    return {
      title: `check of ${LARGE.machines} machines over ${LARGE.pieces} pieces with ${LARGE.lines} lines of package.use`,
      heads: ['median', 'least', 'CPU', 'memory'],
      rows,
      broken: [
        ...(seconds < SECONDS ? [] : [`check takes ${seconds.toFixed(2)} s, and not less than ${SECONDS} s`]),
        ...(megabytes < MEGABYTES ? [] : [`check takes ${megabytes.toFixed(0)} MB, and not less than ${MEGABYTES} MB`]),
      ],
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Runs {
  /** Undisturbed. */
  readonly timed: readonly Measured[]
  /** Those whose memory was looked at. */
  readonly looked: readonly Measured[]
}

async function runs(argv: readonly string[]): Promise<Runs> {
  // The first one may compile, and reads everything from the disk.
  await measured(argv, false)
  const timed: Measured[] = []
  for (let run = 0; run < RUNS; run++) timed.push(await measured(argv, false))
  return { timed, looked: [await measured(argv, true), await measured(argv, true)] }
}

function secondsOf({ timed }: Runs): number {
  return median(timed.map((run) => run.seconds))
}

function row(name: string, all: Runs): Row {
  return {
    name,
    figures: [
      `${secondsOf(all).toFixed(2)} s`,
      `${Math.min(...all.timed.map((run) => run.seconds)).toFixed(2)} s`,
      `${median(all.timed.map((run) => run.cpu)).toFixed(2)} s`,
      `${Math.max(...all.looked.map((run) => run.megabytes)).toFixed(0)} MB`,
    ],
  }
}

/** Each phase's times, in milliseconds, each run in a process of its own. */
function phasesOf(config: string): [name: string, times: number[]][] {
  const times = new Map<string, number[]>()
  for (let run = 0; run < RUNS; run++) {
    const program = join(import.meta.dirname, 'phases.js')
    const answer = execFileSync(process.execPath, [program, config], { encoding: 'utf8' })
    for (const [name, time] of Object.entries(JSON.parse(answer) as Record<string, number>))
      times.set(name, [...(times.get(name) ?? []), time])
  }
  return [...times]
}
