import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command.argument('<profile>', 'a bootstrapped profile')
}

export async function run(context: Context, args: readonly unknown[]): Promise<Answer> {
  const { chooseProfile } = await import('../workbench/profiles.ts')
  const { config } = await context.read()
  const name = String(args[0])
  await chooseProfile(config, name)
  return { json: { profile: name }, text: `Commands take the profile ${name} from now on.` }
}
