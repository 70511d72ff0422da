import type { Command } from 'commander'
import { buildingOptions, buildMachines } from './building.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command.argument('<stage4>', 'a machine of stage4.defines/')
  buildingOptions(command)
}

export async function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  return buildMachines(context, 'stage build', [String(args[0])], options)
}
