import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('<profile>', 'a name of your choice for the builder')
    .argument('<stage3>', 'the stage3 tarball; its .asc lies beside it, its .DIGESTS may')
    .addHelpText(
      'after',
      "\nThe signature is checked against Gentoo's pinned keys and those in env/trusted.keys/stage3/.",
    )
}

export async function run(context: Context, args: readonly unknown[]): Promise<Answer> {
  const { bootstrap } = await import('../workbench/bootstrap.ts')
  const { config } = await context.read()
  const done = await context.run('bootstrap', config, (work) =>
    bootstrap(config, work, String(args[0]), String(args[1])),
  )
  return { json: { ...done }, text: `${done.profile} begins with ${done.stage3}, signed by ${done.signedBy}.` }
}
