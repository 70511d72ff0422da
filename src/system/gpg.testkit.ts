/** For tests: real keys in a folder of their own. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './process.ts'

export interface KeyHome {
  readonly home: string
  gpg(...args: readonly string[]): Promise<string>
  /** Makes an ed25519 key that signs; gives its fingerprint. `expires` as gpg takes it. */
  makeKey(mail: string, options?: { readonly expires?: string; readonly at?: string }): Promise<string>
  publicKey(fingerprint: string): Promise<Buffer>
  revoke(fingerprint: string): Promise<void>
  remove(): Promise<void>
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
    async makeKey(mail, { expires = 'never', at } = {}) {
      const time = at === undefined ? [] : ['--faked-system-time', at]
      await gpg(...time, '--quick-gen-key', mail, 'ed25519', 'sign', expires)
      const listed = await gpg('--with-colons', '--list-keys', '--', mail)
      return /^fpr:+([0-9A-F]+):/m.exec(listed)?.[1] ?? ''
    },
    publicKey: async (fingerprint) => Buffer.from(await gpg('--armor', '--export', fingerprint)),
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
