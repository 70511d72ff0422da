import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('[name]', 'a run, a machine or a package; a list of the runs without')
    .option('--all', 'every run, and each package that a run compiled')
    .addHelpText(
      'after',
      `
A name is, the first that fits: "last" or a run, by its name or a beginning of it: what it did; a machine or a profile: the
logs of the newest run that worked on it; a package, as category/package or package, with a version or without: Portage's
newest log of building it. Logs go to standard output, where they are to standard error.

Examples:
  gentoomuch logs
  gentoomuch logs last
  gentoomuch logs router | less
  gentoomuch logs net-misc/openssh`,
    )
}

export async function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { listRuns, showLogs } = await import('../workbench/logs/logs.ts')
  const [name] = args as [string | undefined]
  const wish = { all: options['all'] === true, now: Date.now() }
  return name === undefined ? listRuns(context.data, wish) : showLogs(context.data, name, wish)
}
