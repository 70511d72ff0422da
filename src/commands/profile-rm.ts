import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('<profile>', 'a bootstrapped profile that no stage4 definition names')
    .addHelpText('after', '\nIts stage3 is removed as well, unless another profile or a published stage4 names it.')
}

export async function run(context: Context, args: readonly unknown[]): Promise<Answer> {
  const { removeProfile } = await import('../workbench/profiles.ts')
  const { config } = await context.read()
  const profile = String(args[0])
  await context.run('profile rm', config, (work) => removeProfile(config, work, profile))
  return { json: { profile }, text: `There is no profile ${profile} any more.` }
}
