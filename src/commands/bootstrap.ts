import { Option, type Command } from 'commander'
import { UserError } from '../errors.ts'
import { oneMore } from './repeated.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('[profile]', 'a name of your choice for the builder')
    .argument('[stage3]', 'the stage3 tarball: a file, an address, or - for standard input')
    .addOption(new Option('--latest <flavour>', 'the newest stage3 of a flavour: openrc, systemd, hardened-openrc …'))
    .addOption(
      new Option(
        '--mirror <address>',
        'where to fetch it; also a folder of this host; repeat it for more, the best first',
      ).argParser(oneMore),
    )
    .addOption(new Option('--list', 'list the flavours that there are').conflicts(['latest', 'signature']))
    .option('--signature <file>', 'its detached signature, where that does not lie beside it as STAGE3.asc')
    .option('--allow-older', 'take a stage3 that is older than what the profile has')
    .addHelpText(
      'after',
      `
The signature is checked against Gentoo's pinned keys and those in env/trusted.keys/stage3/; a DIGESTS file beside the
stage3 is checked as well. Without --mirror, env/mirrors and then Gentoo's own are asked.

  gentoomuch bootstrap --list
  gentoomuch bootstrap default --latest openrc
  gentoomuch bootstrap default ~/Downloads/stage3-amd64-openrc-20260101T170000Z.tar.xz`,
    )
}

export async function run(
  context: Context,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const mirrors = (options['mirror'] as string[] | undefined) ?? []
  if (options['list'] === true) return list(context, mirrors)
  const { stage3Choice } = await import('../workbench/seeds.ts')
  const { bootstrap } = await import('../workbench/bootstrap.ts')
  const [profile, stage3] = args as [string?, string?]
  if (profile === undefined)
    throw new UserError('no-profile', 'bootstrap wants a name for the profile.', { hint: USAGE })
  const choice = stage3Choice(stage3, {
    latest: options['latest'] as string | undefined,
    signature: options['signature'] as string | undefined,
    mirrors,
    allowOlder: options['allowOlder'] === true,
  })
  const { config } = await context.read()
  const done = await context.run('bootstrap', config, (work) => bootstrap(config, work, profile, choice))
  const moved = done.before !== undefined && done.before !== done.stage3
  const words = moved ? `went from ${done.before} to ${done.stage3}` : `begins with ${done.stage3}`
  return { json: { ...done }, text: `${done.profile} ${words}, signed by ${done.signedBy}.` }
}

const USAGE = 'gentoomuch bootstrap PROFILE STAGE3, or gentoomuch bootstrap PROFILE --latest FLAVOUR'

async function list(context: Context, mirrors: readonly string[]): Promise<Answer> {
  const { flavours } = await import('../workbench/seeds.ts')
  const { config } = await context.read()
  const found = await context.reported(undefined, 'bootstrap', (emit) =>
    flavours(config, mirrors, emit, context.signal),
  )
  const width = Math.max(...found.map(({ flavour }) => flavour.length))
  const lines = found.map(({ flavour, name, size }) => `${flavour.padEnd(width)}  ${size.padStart(9)}  ${name}`)
  return {
    json: found.map(({ flavour, name, bytes, time }) => ({ flavour, name, bytes, time })),
    text: lines.join('\n'),
  }
}
