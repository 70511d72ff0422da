import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command.addHelpText('after', '\nA star marks the profile that commands take when none is named.')
}

export async function run(context: Context): Promise<Answer> {
  const { listProfiles } = await import('../workbench/profiles.ts')
  const { config } = await context.read()
  const profiles = await listProfiles(config, context.data)
  const lines = profiles.map(
    ({ name, stage3, here, set }) =>
      `${set ? '*' : ' '} ${name}  ${stage3}${here ? '' : '  (known, its stage3 is not here)'}`,
  )
  const none = 'No profile has been bootstrapped yet: gentoomuch bootstrap PROFILE STAGE3'
  return { json: profiles.map((profile) => ({ ...profile })), text: lines.length === 0 ? none : lines.join('\n') }
}
