import type { Command } from 'commander'
import { UserError } from '../errors.ts'
import type { Run } from '../execute/run.ts'
import type { Json } from '../plan/json.ts'
import { visible } from '../visible.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('[items...]', 'names to print whole, which are read then; a list of the unread ones without')
    .option('--all', 'list those that were read too; a star marks the unread ones')
    .option('--read-all', 'mark all as read')
    .addHelpText(
      'after',
      "\nNews items and security advisories of the repositories as they are here, those that concern a machine: its profile, its\nkeyword, the packages of its last build. The seed's own Portage decides.",
    )
}

export async function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const names = (args[0] as readonly string[] | undefined) ?? []
  const all = options['all'] === true
  const readAll = options['readAll'] === true
  if (readAll && names.length > 0)
    throw new UserError('news-named-and-all', visible(`--read-all takes no names; found ${names.join(', ')}.`), {
      hint: 'naming one prints it and marks it as read',
    })
  const { newsFor } = await import('../workbench/news.ts')
  const { markRead } = await import('../workbench/news-read.ts')
  const { named, newsLines, noNews, unread, wholeNews } = await import('../workbench/news-text.ts')
  const { config, lock } = await context.read()
  const tell = async (work: Run) => {
    const report = await newsFor(config, lock, work)
    const chosen = names.length > 0 ? named(report, names) : all || readAll ? report : unread(report)
    if (names.length > 0 || readAll)
      await markRead(
        work.layout,
        [...chosen.items, ...chosen.advisories].map(({ mark }) => mark),
      )
    return { report, chosen }
  }
  // An answer was asked for, not the way to it.
  const { report, chosen } = await context.run('news', config, tell, () => true, context.globals.verbose !== true)
  const count = chosen.items.length + chosen.advisories.length
  const known = report.items.length + report.advisories.length
  return {
    json: { ...chosen, notes: report.notes } as unknown as Json,
    text:
      names.length > 0
        ? wholeNews(chosen)
        : readAll
          ? `${known} marked as read.`
          : count > 0
            ? newsLines(chosen, all).join('\n')
            : noNews(all, known),
    notice: report.notes.length === 0 ? undefined : report.notes.join('\n'),
  }
}
