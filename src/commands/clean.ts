import type { Command } from 'commander'
import { UserError } from '../errors.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .option('--keep <n>', 'how many states of each machine, and of each builder, stay to go back to', '2')
    .option('--older <age>', 'only what was not used for so long: 12h, 30d, 2w (default: anything, but 30d for logs)')
    .option('--dry-run', 'say what would go, with sizes and why')
    .option('--yes', 'remove without asking')
    .addHelpText(
      'after',
      `
Never removed: published stage4s; what they or the lock of any configuration that works with the data directory name; the
newest state of every machine that a configuration has, with all it is made of; one more state of each repository; files
that are not the program's. Logs, unfinished downloads and failed containers (kept for freshroot --failed) go after 30 days,
or --older. -v names every single thing.

  gentoomuch clean --dry-run
  gentoomuch clean --keep 1 --older 2w --yes`,
    )
}

export async function run(
  context: Context,
  _args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const [{ clean }, { parseAge }, { cleanedText, itemLines }, { askerFor }, { size }] = await Promise.all([
    import('../workbench/clean/clean.ts'),
    import('../workbench/clean/age.ts'),
    import('../workbench/clean/text.ts'),
    import('../workbench/ask.ts'),
    import('../report/size.ts'),
  ])
  const { config } = await context.read()
  const { json = false, verbose = false, dryRun = false } = context.globals
  const keep = keepOf(String(options['keep']))
  const older = typeof options['older'] === 'string' ? parseAge(options['older']) : undefined
  const ask = json ? undefined : askerFor()
  const yes = options['yes'] === true
  if (!dryRun && !yes && ask === undefined)
    throw new UserError('nobody-to-ask', 'Nobody is here to be asked whether things may go.', {
      hint: 'gentoomuch clean --yes removes without asking, gentoomuch clean --dry-run says what would go',
    })
  const done = await context.run('clean', config, (work) =>
    clean(config, work, {
      keep,
      older,
      dryRun,
      agreed: async (items) => {
        if (yes || ask === undefined) return yes
        const bytes = items.reduce((sum, item) => sum + (item.bytes ?? 0), 0)
        return ask(`${itemLines(items).join('\n')}\nRemove these, ${size(bytes)}?`)
      },
    }),
  )
  const { items, bytes, removed, strange, strangeSources } = done
  return {
    json: {
      removed,
      bytes,
      items: items.map(({ what, name, of, why, path, bytes: own }) => ({ what, name, of, path, bytes: own, why })),
      left: [...strange],
      leftSources: [...strangeSources],
    },
    text: cleanedText(done, verbose),
  }
}

function keepOf(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new UserError('bad-keep', `A number from 1 to 9999 was wanted for --keep; found ${JSON.stringify(text)}.`, {
    hint: 'the newest state of each machine always stays',
  })
}
