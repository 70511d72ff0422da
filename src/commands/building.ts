/** What `pipeline` and `stage build` share: options, and a goal that was reached before or is worked on. */
import type { Command } from 'commander'
import { UserError } from '../errors.ts'
import { markOf, reachedBefore, type Asked, type Reached } from '../workbench/settled.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function buildingOptions(command: Command): void {
  command
    .option('--unsigned', 'publish without signatures')
    .option('--dry-run', 'say what would run, and why')
    .option('--jobs <n>', 'how many jobs run side by side (env/jobs)')
    .option('--fail-fast', 'end everything at the first failure; else machines that it does not concern go on')
}

export async function buildMachines(
  context: Context,
  command: string,
  machines: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const jobs = jobsOf(options['jobs'])
  const asked = { config: context.config, data: context.data, machines, unsigned: options['unsigned'] === true }
  // Before anything is read: what changes from now on shows in the next mark.
  const mark = markOf(asked)
  if (context.globals.dryRun !== true) {
    const reached = await reachedBefore(asked, mark)
    if (reached !== undefined) return nothingToDo(context, asked, reached)
  }
  const { workOn } = await import('./realising.ts')
  return workOn(context, command, asked, { mark, jobs, failFast: options['failFast'] === true })
}

function jobsOf(found: unknown): number | undefined {
  if (found === undefined) return undefined
  const text = typeof found === 'string' ? found : ''
  const jobs = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (jobs >= 1 && jobs <= 4096) return jobs
  throw new UserError('bad-jobs', `--jobs wants a number from 1 to 4096; found ${JSON.stringify(text)}.`)
}

function nothingToDo(context: Context, { machines }: Asked, reached: readonly Reached[]): Answer {
  const what = machines.length === 1 ? `${machines[0]} is` : 'all machines are'
  return {
    json: { built: reached.map(({ machine, folder }) => ({ machine, folder })), compiled: [], failures: [] },
    text: reached.map(({ folder }) => folder).join('\n'),
    notice: context.globals.quiet === true ? undefined : `nothing to do: ${what} published as the configuration says`,
  }
}
