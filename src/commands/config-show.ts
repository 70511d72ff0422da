import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('<definition>', 'a stage4 definition, or a stage3 definition such as gentoomuch/builder')
    .argument('[path]', 'a file or folder of its /etc/portage; all of it without')
    .addHelpText('after', '\nExamples:\n  gentoomuch config show router\n  gentoomuch config show router make.conf')
}

export async function run(context: Context, args: readonly unknown[]): Promise<Answer> {
  const { asRead } = await import('../report/as-read.ts')
  const { shownFiles } = await import('../workbench/configuration/show.ts')
  const { compositionOf, definitionNamed, groupsNotice } = await import('../workbench/configuration/composition.ts')
  const [name, path] = args as [string, string | undefined]
  const known = await context.known()
  const { composed, groupsUnknown } = await compositionOf(known, definitionNamed(known.config, name).define)
  const files = shownFiles(composed, path)
  const [only] = files
  const text =
    only !== undefined && files.length === 1 && only.path === path
      ? only.text
      : files.map((file) => `==> ${file.path} <==\n${file.text}`).join('\n')
  return {
    json: {
      profile: composed.directory.profile ?? null,
      groupsUnknown: [...groupsUnknown],
      files: files.map((file) => ({ ...file, from: [...file.from] })),
    },
    text: asRead(text.replace(/\n$/, '')),
    notice: groupsNotice(groupsUnknown),
  }
}
