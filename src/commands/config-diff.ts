import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('<one>', 'a stage4 or stage3 definition')
    .argument('<other>', 'another one')
    .addHelpText('after', '\nExits with 0 whether they differ or not; --json tells.')
}

export async function run(context: Context, args: readonly unknown[]): Promise<Answer> {
  const { asRead } = await import('../report/as-read.ts')
  const { differencesOf } = await import('../workbench/configuration/diff.ts')
  const { compositionOf, definitionNamed, groupsNotice } = await import('../workbench/configuration/composition.ts')
  const [one, other] = args as [string, string]
  const known = await context.known()
  const compositions = await Promise.all(
    [one, other].map((name) => compositionOf(known, definitionNamed(known.config, name).define)),
  )
  const [before, after] = compositions
  if (before === undefined || after === undefined) throw new Error('two definitions were composed')
  const files = differencesOf([one, before.composed.directory], [other, after.composed.directory])
  const groupsUnknown = [...new Set(compositions.flatMap((composition) => composition.groupsUnknown))]
  return {
    json: {
      groupsUnknown,
      files: files.map(({ before: from, after: to, patch }) => ({ before: from ?? null, after: to ?? null, patch })),
    },
    text:
      files.length === 0
        ? `${one} and ${other} have the same /etc/portage.`
        : asRead(
            files
              .map(({ patch }) => patch)
              .join('')
              .trimEnd(),
          ),
    notice: groupsNotice(groupsUnknown),
  }
}
