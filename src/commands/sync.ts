import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('[repositories...]', 'names from repos.conf; all when none is named')
    .addHelpText(
      'after',
      "\nThe newest commit's signature is checked against env/trusted.keys/repository/NAME/, for gentoo also against Gentoo's pinned key.",
    )
}

export async function run(context: Context, args: readonly unknown[]): Promise<Answer> {
  const { sync } = await import('../workbench/sync.ts')
  const { config } = await context.read()
  const names = (args[0] as string[] | undefined) ?? []
  const synced = await context.run('sync', config, (work) => sync(config, work, names))
  const lines = synced.map(({ name, from, to }) =>
    from === to ? `${name} is still at ${to}` : `${name} ${from === undefined ? '' : `went from ${from} `}to ${to}`,
  )
  return { json: synced.map((one) => ({ ...one })), text: lines.join('\n') }
}
