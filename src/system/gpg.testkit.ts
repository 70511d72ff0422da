/** For tests: real keys in a folder of their own. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './process.ts'

export interface KeyHome {
  readonly home: string
  gpg(...args: readonly string[]): Promise<string>
  /** Makes a key, ed25519 unless told, that signs unless told; gives its fingerprint. `expires` and `at` as gpg takes them. */
  makeKey(mail: string, options?: NewKey): Promise<string>
  publicKey(fingerprint: string): Promise<Buffer>
  secretKey(fingerprint: string): Promise<Buffer>
  revoke(fingerprint: string): Promise<void>
  remove(): Promise<void>
}

export interface NewKey {
  readonly expires?: string
  readonly at?: string
  readonly algorithm?: string
  readonly usage?: 'sign' | 'cert'
}

export async function makeKeyHome(): Promise<KeyHome> {
  const home = await mkdtemp(join(tmpdir(), 'gm-keys-'))
  await chmod(home, 0o700)
  const gpg = async (...args: readonly string[]) => {
    const options = ['--batch', '--quiet', '--no-tty', '--yes', '--pinentry-mode', 'loopback', '--passphrase', '']
    return (await run(['gpg', '--homedir', home, ...options, ...args])).stdout
  }
  return {
    home,
    gpg,
    async makeKey(mail, { expires = 'never', at, algorithm = 'ed25519', usage = 'sign' } = {}) {
      const time = at === undefined ? [] : ['--faked-system-time', at]
      await gpg(...time, '--quick-gen-key', mail, algorithm, usage, expires)
      const listed = await gpg('--with-colons', '--list-keys', '--', mail)
      return /^fpr:+([0-9A-F]+):/m.exec(listed)?.[1] ?? ''
    },
    publicKey: async (fingerprint) => Buffer.from(await gpg('--armor', '--export', fingerprint)),
    secretKey: async (fingerprint) => Buffer.from(await gpg('--armor', '--export-secret-keys', fingerprint)),
    async revoke(fingerprint) {
      const certificate = await readFile(join(home, 'openpgp-revocs.d', `${fingerprint}.rev`), 'utf8')
      // gpg keeps it with a colon in front, against accidents.
      const armoured = join(home, 'revocation')
      await writeFile(armoured, certificate.replace(/^:-----/m, '-----'))
      await gpg('--import', armoured)
    },
    async remove() {
      await run(['gpgconf', '--homedir', home, '--kill', 'all'])
      await rm(home, { recursive: true, force: true })
    },
  }
}
