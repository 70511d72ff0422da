import type { Command } from 'commander'
import { EXIT } from '../errors.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('[definition...]', 'stage4 or stage3 definitions; the whole configuration without')
    .option('--strict', 'take warnings for errors')
    .addHelpText(
      'after',
      '\nNothing is built and nothing is fetched. Exits with 2 where there are errors.\ndocs/messages.md lists what it can say.',
    )
}

export async function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { check } = await import('../workbench/check.ts')
  const { checkText, countOf } = await import('../workbench/check-text.ts')
  const { paintFor } = await import('../report/paint.ts')
  const names = (args[0] as readonly string[] | undefined) ?? []
  const checked = await check({ path: context.config, data: context.data, signal: context.signal, names })
  const strict = options['strict'] === true
  const counts = countOf(checked.problems, strict)
  return {
    json: {
      config: context.config,
      ...counts,
      composed: checked.composed,
      snapshots: [...checked.snapshots],
      problems: checked.problems.map((one) => ({ ...one })),
    },
    text: checkText(checked, strict, paintFor(process.stdout.isTTY, process.env)),
    exit: counts.errors > 0 ? EXIT.badCall : 0,
  }
}
