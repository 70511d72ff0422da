import { Option, type Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('[repositories...]', 'names from repos.conf; all that sync by themselves when none is named')
    .addOption(new Option('--to <state>', 'a day (2026-01-31) or a commit instead of the newest state'))
    .addOption(new Option('--list', 'list the snapshots that are kept here').conflicts(['to', 'dryRun']))
    .option('--dry-run', 'say what would change; the lock stays as it is')
    .addHelpText(
      'after',
      `
Every state is verified: git's newest commit by env/trusted.keys/repository/NAME/, webrsync snapshots and the Manifest of
rsync by env/trusted.keys/snapshot/NAME/; for gentoo also by Gentoo's pinned keys. Builds use it until the next sync.`,
    )
}

export async function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const names = (args[0] as string[] | undefined) ?? []
  return options['list'] === true ? list(context, names) : sync(context, names, options['to'] as string | undefined)
}

async function sync(context: Context, names: readonly string[], to: string | undefined): Promise<Answer> {
  const { syncWithNews } = await import('../workbench/sync/report.ts')
  const { config } = await context.read()
  const dryRun = context.globals.dryRun === true
  const { json, lines, exit } = await context.run(
    'sync',
    config,
    (work) => syncWithNews(config, work, { names, to, dryRun }, context.globals.verbose === true),
    (done) => done.exit === 0,
  )
  return { json, text: lines.join('\n'), exit }
}

async function list(context: Context, names: readonly string[]): Promise<Answer> {
  const { listSnapshots, listedLines } = await import('../workbench/sync/list.ts')
  const { config, lock } = await context.read()
  const { chooseRepositories, knownRepositories } = await import('../workbench/sync/choose.ts')
  if (names.length > 0) chooseRepositories(knownRepositories(config), names)
  const snapshots = await listSnapshots(lock, context.data, names, context.signal)
  const none = 'No repository has been synced into this data directory yet: gentoomuch sync'
  return {
    json: snapshots.map((one) => ({ ...one, builds: [...one.builds] })),
    text: listedLines(snapshots).join('\n') || none,
  }
}
