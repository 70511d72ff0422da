/** Three throw-away keys, one for each role, made as upstream's are: a primary key that certifies and a subkey that signs. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { run } from '../src/system/process.ts'
import { keyOf } from './content.ts'
import { kept } from './kept.ts'
import { progress, type Making } from './making.ts'
import { STAMP } from './pins.ts'

export const ROLES = ['stage3', 'repository', 'snapshot'] as const
export type Role = (typeof ROLES)[number]

/** A GNUPGHOME while it is in use. */
export interface Home {
  readonly path: string
  gpg(args: readonly string[], input?: string | Uint8Array): Promise<string>
}

/** A folder with `ROLE/` (the secret key's GNUPGHOME, 0700) and `ROLE.asc` (the public key) for each role. */
export async function keys(making: Making): Promise<string> {
  return kept(making.cache, 'keys', keyOf([ROLES, STAMP, 'ed25519']), async (path) => {
    progress(making, 5, 'making throw-away keys')
    await mkdir(path, { mode: 0o700 })
    for (const role of ROLES) {
      const home = join(path, role)
      await mkdir(home, { mode: 0o700 })
      const armoured = await withHome(home, making.signal, (short) => makeKey(short, role), true)
      await writeFile(join(path, `${role}.asc`), armoured)
    }
  })
}

async function makeKey(home: Home, role: Role): Promise<string> {
  // Older than all that it signs.
  const when = ['--faked-system-time', STAMP.replace('Z', '')]
  await home.gpg([
    ...when,
    '--quick-gen-key',
    `Miniature ${role} (throw-away) <${role}@miniature.invalid>`,
    'ed25519',
    'cert',
    'never',
  ])
  const listed = await home.gpg(['--with-colons', '--list-keys'])
  const primary = /^fpr:+([0-9A-F]+):/m.exec(listed)?.[1] ?? ''
  await home.gpg([...when, '--quick-add-key', primary, 'ed25519', 'sign', 'never'])
  return home.gpg(['--armor', '--export', primary])
}

/**
 * Works with a key's home at a short path, since the agent's sockets live in it and their paths are limited to 107
 * bytes, and ends the agent afterwards.
 * @param keep writes what changed back to `home`
 */
export async function withHome<T>(
  home: string,
  signal: AbortSignal,
  work: (short: Home) => Promise<T>,
  keep = false,
): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), 'gm-'))
  const env = { GNUPGHOME: path }
  const options = ['--batch', '--quiet', '--no-tty', '--yes', '--pinentry-mode', 'loopback', '--passphrase', '']
  try {
    await copyHome(home, path)
    const result = await work({
      path,
      gpg: async (args, input) => {
        const extra = input === undefined ? {} : { input }
        return (await run(['gpg', ...options, ...args], { env, signal, purpose: 'to sign the miniature', ...extra }))
          .stdout
      },
    })
    if (keep) await copyHome(path, home)
    return result
  } finally {
    await run(['gpgconf', '--kill', 'all'], { env })
    await rm(path, { recursive: true, force: true })
  }
}

async function copyHome(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: isKept })
}

/** Sockets, locks and backups are no part of a key. */
function isKept(path: string): boolean {
  return !/^S\.|^\.#|\.lock$|~$|^random_seed$/.test(basename(path))
}
