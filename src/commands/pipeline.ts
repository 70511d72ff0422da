import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('[stage4...]', 'machines; all when none is named')
    .option('--unsigned', 'publish without signatures')
    .option('--dry-run', 'say what would run, and why')
}

export async function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { buildMachines } = await import('./building.ts')
  return buildMachines(context, 'pipeline', (args[0] as string[] | undefined) ?? [], options['unsigned'] === true)
}
