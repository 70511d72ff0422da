import type { Command } from 'commander'
import { buildMachines } from './building.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command.argument('<stage4>', 'a machine of stage4.defines/').option('--unsigned', 'publish without signatures')
}

export function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  return buildMachines(context, 'stage build', [String(args[0])], options['unsigned'] === true)
}
