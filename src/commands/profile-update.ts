import { Option, type Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'
import { oneMore } from './repeated.ts'

export function declare(command: Command): void {
  command
    .argument('[profile]', 'a bootstrapped profile; the chosen one when none is named')
    .option('--latest [flavour]', 'move the seed to the newest stage3 of its flavour, or of another one')
    .addOption(
      new Option('--mirror <address>', 'where to fetch it; repeat it for more, the best first')
        .argParser(oneMore)
        .implies({ latest: true }),
    )
    .option('--allow-older', 'take a stage3 that is older than what the profile has')
    .addHelpText('after', '\nThe old builder stays until the new one is whole.')
}

export async function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { updateProfile } = await import('../workbench/profiles.ts')
  const { config } = await context.read()
  const asked = options['latest']
  const latest = asked === undefined ? undefined : typeof asked === 'string' ? asked : ''
  const choice = {
    mirrors: (options['mirror'] as string[] | undefined) ?? [],
    allowOlder: options['allowOlder'] === true,
  }
  const done = await context.run('profile update', config, (work) =>
    updateProfile(config, work, args[0] as string | undefined, { latest, choice }),
  )
  const seed = done.before === done.stage3 ? `begins with ${done.stage3}` : `went from ${done.before} to ${done.stage3}`
  return { json: { ...done }, text: `${done.profile} ${seed}; its builder is what the lock says.` }
}
