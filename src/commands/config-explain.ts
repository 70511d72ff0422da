import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('<definition>', 'a stage4 definition, or a stage3 definition such as gentoomuch/builder')
    .argument('<subject>', 'a variable of make.conf, or an atom')
    .option('--offline', "say what the pieces say, and do not ask the seed's Portage")
    .addHelpText(
      'after',
      '\nExamples:\n  gentoomuch config explain router USE\n  gentoomuch config explain router net-misc/openssh',
    )
}

export async function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { explain } = await import('../workbench/configuration/explain.ts')
  const { groupsNotice } = await import('../workbench/configuration/composition.ts')
  const [name, subject] = args as [string, string]
  const known = await context.known()
  const { json, text, groupsUnknown } = await explain(known, name, subject, {
    ask: options['offline'] !== true,
    // An answer was asked for, not the way to it.
    inRun: (work) => context.run('config explain', known.config, work, () => true, context.globals.verbose !== true),
  })
  return { json, text, notice: groupsNotice(groupsUnknown) }
}
