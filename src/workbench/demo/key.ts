/** A throw-away signing key in a GnuPG home of its own. */
import { chmod, mkdir } from 'node:fs/promises'
import { endAgent } from '../../system/gpg-agent.ts'
import { run } from '../../system/process.ts'

const WHO = 'Gentoomuch demo (throw-away)'

/** Makes the key at the first call, gives the same one after that. @returns the fingerprint */
export async function throwAwayKey(home: string, signal: AbortSignal): Promise<{ fingerprint: string; made: boolean }> {
  await mkdir(home, { recursive: true })
  await chmod(home, 0o700)
  const call = { signal, purpose: 'to make a signing key' }
  const gpg = (...args: string[]) => run(['gpg', '--homedir', home, '--batch', '--no-tty', ...args], call)
  try {
    const have = await secretKey(gpg)
    if (have !== undefined) return { fingerprint: have, made: false }
    await gpg(
      '--quiet',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      '--quick-generate-key',
      WHO,
      'ed25519',
      'sign',
      'never',
    )
    const fingerprint = await secretKey(gpg)
    if (fingerprint === undefined) throw new Error('gpg made no key and said nothing')
    return { fingerprint, made: true }
  } finally {
    // The agent that gpg started for this home would stay for ever.
    await endAgent(home)
  }
}

async function secretKey(gpg: (...args: string[]) => Promise<{ stdout: string }>): Promise<string | undefined> {
  const { stdout } = await gpg('--with-colons', '--list-secret-keys')
  const lines = stdout.split('\n').map((line) => line.split(':'))
  return lines.find(([kind]) => kind === 'fpr')?.[9]
}
