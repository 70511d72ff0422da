/** What a run has to do with its signer's gpg: asked, started and ended once, however many machines are signed. */
import pLimit from 'p-limit'
import { UserError } from '../errors.ts'
import { openKeyring } from '../system/gpg.ts'
import type { OpenKeyring, Signature } from '../system/gpg.ts'
import { exportPublicKey, keepAgent } from '../system/gpg-sign.ts'
import type { Signer } from '../system/gpg-sign.ts'
import type { Packed } from './pack.ts'
import { checkSigner, signStage } from './sign.ts'

export interface ToSign {
  /** Where the packed files are. */
  readonly folder: string
  readonly packed: Packed
  /** Of the signer's primary key, as `check` gave it. */
  readonly fingerprint: string
  readonly signal: AbortSignal
}

export class Signing {
  readonly #signer: { readonly key: string; readonly home: string | undefined } | undefined
  readonly #oneByOne = pLimit(1)
  #agent: ReturnType<typeof keepAgent> | undefined
  #checked: Promise<string> | undefined
  #keyring: Promise<OpenKeyring> | undefined

  constructor(signer: { readonly key: string; readonly home: string | undefined } | undefined) {
    this.#signer = signer
  }

  /**
   * The fingerprint of the primary key to sign with.
   * @throws UserError `no-signing-key`
   */
  check(signal: AbortSignal): Promise<string> {
    if (this.#signer === undefined) throw new Error('no signer was set')
    return (this.#checked ??= checkSigner(this.#withKey(this.#signer.key), signal))
  }

  /** Signs what was packed: see `signStage`. */
  async sign({ folder, packed, fingerprint, signal }: ToSign): Promise<Signature> {
    const signer = this.#withKey(fingerprint)
    const first = <T>(work: () => Promise<T>) => this.#oneByOne(work)
    try {
      return await signStage({ folder, packed, signer, keyring: this.#ownKeyring(signer, signal), first, signal })
    } catch (error) {
      throw (await becauseOfKey(signer, signal)) ?? error
    }
  }

  /** Ends what was started; when nothing signs any more. */
  async close(): Promise<void> {
    try {
      await (await this.#keyring)?.close()
    } finally {
      await this.#agent?.release()
    }
  }

  #withKey(key: string): Signer {
    const home = this.#signer?.home
    const signer = { key, ...(home === undefined ? {} : { home }) }
    this.#agent ??= keepAgent(signer)
    return signer
  }

  /** With the public key alone, as those have it who download what is signed. */
  #ownKeyring(signer: Signer, signal: AbortSignal): Promise<OpenKeyring> {
    if (this.#keyring !== undefined) return this.#keyring
    const keyring = exportPublicKey(signer, signer.key, signal).then((key) => openKeyring([Buffer.from(key)], signal))
    this.#keyring = keyring
    // Whoever waits for it says so; the next one may have more luck.
    keyring.catch(() => (this.#keyring = undefined))
    return keyring
  }
}

/** Hours may lie between the check and the signature. */
async function becauseOfKey(signer: Signer, signal: AbortSignal): Promise<UserError | undefined> {
  try {
    await checkSigner(signer, signal)
    return undefined
  } catch (error) {
    return error instanceof UserError && error.code === 'no-signing-key' ? error : undefined
  }
}
