import type { Command } from 'commander'
import type { Argv } from '../engine/engine.ts'
import { UserError } from '../errors.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('[stage4]', 'a machine: the builder with its /etc/portage; without one, the builder of the set profile')
    .argument('[command...]', 'what to run, behind --; a shell when there is none')
    .option('--finished', "the machine's finished root instead")
    .option('--failed <container>', 'a container that was kept because something failed in it')
    .addHelpText(
      'after',
      '\nNothing done there stays.\n\nExamples:\n  gentoomuch freshroot -- emerge --info\n  gentoomuch freshroot router\n  gentoomuch freshroot --finished router -- cat /etc/os-release',
    )
}

export async function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { failedRoot, freshRoot } = await import('../workbench/freshroot.ts')
  const { machine, argv } = wordsOf(args)
  const { config, lock } = await context.read()
  const goal = { config, lock, machines: [], unsigned: true }
  const failed = options['failed']
  if (argv === undefined && !(process.stdin.isTTY && process.stdout.isTTY))
    throw new UserError('no-terminal', 'A shell wants a terminal, and there is none.', {
      hint: 'name a command: freshroot STAGE4 -- COMMAND',
    })
  // With --json standard output belongs to the one value.
  const stdout = context.globals.json === true ? process.stderr : process.stdout
  const status = await context.run('freshroot', config, (work) =>
    typeof failed === 'string'
      ? failedRoot(work, failed, { argv, stdout })
      : freshRoot(goal, work, { machine, finished: options['finished'] === true, argv, stdout }),
  )
  return { json: { status }, exit: status }
}

/** commander drops `--` and fills the first argument with the command's first word: the call itself says where it stood. */
function wordsOf(args: readonly unknown[]): { machine: string | undefined; argv: Argv | undefined } {
  const words = [args[0], ...((args[1] as string[] | undefined) ?? [])].filter((word) => typeof word === 'string')
  const dashes = process.argv.indexOf('--')
  const behind = dashes === -1 ? [] : process.argv.slice(dashes + 1)
  const [machine, ...extra] = words.slice(0, words.length - behind.length)
  if (extra.length > 0)
    throw new UserError('unexpected-words', `freshroot takes one stage4; found also ${extra.join(' ')}.`, {
      hint: 'a command stands behind --: freshroot STAGE4 -- COMMAND',
    })
  const [file, ...rest] = behind
  return { machine, argv: file === undefined ? undefined : [file, ...rest] }
}
