/** A goal worked on, or with --dry-run looked at: loaded when there is something to do. */
import { asFailure, exitOf } from '../execute/failure.ts'
import { build, dryRun, type Building } from '../pipeline.ts'
import { statMark, type StatMark } from '../system/stat-mark.ts'
import { forecastJson, forecastText } from '../workbench/forecast-text.ts'
import { rememberReached, signerPaths, type Asked } from '../workbench/settled.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export interface Way {
  readonly mark: StatMark
  readonly jobs: number | undefined
  readonly failFast: boolean
}

export async function workOn(context: Context, command: string, asked: Asked, way: Way): Promise<Answer> {
  const { config: read, lock } = await context.read()
  const config = way.jobs === undefined ? read : { ...read, env: { ...read.env, jobs: way.jobs } }
  const goal = { config, lock, machines: asked.machines, unsigned: asked.unsigned }
  if (context.globals.dryRun === true) {
    const told = await context.ask(`${command} dry run`, config, (run) => dryRun(goal, run))
    return { json: forecastJson(told), text: forecastText(told), exit: exitWith(told.failures) }
  }
  const paths = signerPaths(config)
  const marks = { mark: way.mark, besides: { paths, mark: statMark(paths) } }
  const building = await context.run(
    command,
    config,
    async (run) => {
      const done = await build(goal, run, way)
      // All is published: that the same call will take longer is no failure.
      await settle(asked, marks, done).catch((error: unknown) => {
        const text = `What was reached cannot be written down: ${asFailure(error).message}`
        run.emit({ type: 'note', level: 'warning', text })
      })
      return done
    },
    ({ result }) => result.failures.size === 0,
  )
  const { built, compiled, result } = building
  const json = {
    built: built.map(({ machine, folder }) => ({ machine, folder })),
    compiled: compiled.map((one) => ({ ...one })),
    failures: [...result.failures].map(([step, failure]) => ({ step, ...failure })),
  }
  const published = built.flatMap(({ folder }) => (folder === undefined ? [] : [folder]))
  return { json, text: published.join('\n'), exit: exitWith(result.failures) }
}

type Marks = Parameters<typeof rememberReached>[1]

/** The same call has nothing to do when nothing has changed. */
async function settle(asked: Asked, marks: Marks, { built }: Building): Promise<void> {
  const reached = built.flatMap(({ machine, folder }) => (folder === undefined ? [] : [{ machine, folder }]))
  if (reached.length === built.length) await rememberReached(asked, marks, reached)
}

function exitWith(failures: Building['result']['failures']): number {
  return failures.size === 0 ? 0 : exitOf(failures.values())
}
