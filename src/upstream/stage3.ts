/** A stage3 as it comes from a mirror: copied first, then verified, so that what was verified is what is used. */
import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { copyFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Interrupted, UserError } from '../errors.ts'
import { exists, isMissing } from '../system/files.ts'
import { verifyClear, verifyDetached } from '../system/gpg.ts'
import { parseDigests } from './digests.ts'
import type { FileDigests } from './digests.ts'
import { believe, distrust, GENTOO_KEYS, withTrustedKeys } from './trust.ts'
import type { Role, TrustedKeyring } from './trust.ts'

export interface VerifiedStage3 {
  /** The private copy. */
  readonly path: string
  readonly sha512: string
  readonly bytes: number
  /** Fingerprint of the primary key that signed it. */
  readonly primary: string
  /** Epoch seconds. */
  readonly signedAt: number
  /** Base name of the tarball. */
  readonly name: string
  /** The architecture in upstream's file name (`amd64`, `i686`, `armv7a_hardfp`), if the name is of that kind. */
  readonly arch: string | undefined
}

export interface Stage3Options {
  /** The tarball; its `.asc` must lie beside it, its `.DIGESTS` may. */
  readonly tarball: string
  /** A private, existing folder for the copies. */
  readonly to: string
  /** The configuration's `env/trusted.keys/stage3`. */
  readonly trusted: string
  /** Instead of Gentoo's own fingerprint. */
  readonly pins?: readonly string[]
  readonly signal: AbortSignal
}

/**
 * Copies the tarball, `.asc` and `.DIGESTS` into `to`, verifies the copies and returns them. The `.asc` is what counts;
 * DIGESTS, where it lies beside, must be signed too and adds the name: a signature alone does not say which file it is of.
 */
export async function verifyStage3(options: Stage3Options): Promise<VerifiedStage3> {
  const { signal, to } = options
  const tarball = resolve(options.tarball)
  const name = basename(tarball)
  const role: Role = {
    name: 'stage3',
    pins: options.pins ?? [GENTOO_KEYS.weeklyStages],
    folder: options.trusted,
    folderName: 'env/trusted.keys/stage3',
  }
  await demandFile(tarball)
  await demandSignature(`${tarball}.asc`, name)
  return await withTrustedKeys(
    role,
    async (keys) => {
      const path = await copyIn(tarball, to, signal)
      const signature = await copyIn(`${tarball}.asc`, to, signal)
      const verdict = await verifyDetached(keys.keyring, signature, path, signal)
      const signed = believe(verdict, keys.trusted, role, `The stage3 ${name}`)
      const digests = await digest(path, signal)
      if (await exists(`${tarball}.DIGESTS`)) {
        const listed = await readDigests(await copyIn(`${tarball}.DIGESTS`, to, signal), keys, role, signal)
        compare(name, listed, digests)
      }
      const { size: bytes } = await stat(path)
      return { path, sha512: digests.sha512, bytes, ...signed, name, arch: archOf(name) }
    },
    signal,
  )
}

/** `stage3-<arch>-<flavour>-<time>.tar.xz` */
function archOf(name: string): string | undefined {
  return /^stage3-([a-z0-9_]+)-/.exec(name)?.[1]
}

async function demandFile(tarball: string): Promise<void> {
  try {
    if ((await stat(tarball)).isFile()) return
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new UserError('stage3-missing', `There is no stage3 at ${tarball}.`, {
      hint: 'download a stage3 tarball together with its .asc from a Gentoo mirror and give its path',
    })
  }
  throw new UserError('stage3-missing', `${tarball} is not a file.`, { hint: 'give the path of a stage3 tarball' })
}

async function demandSignature(signature: string, name: string): Promise<void> {
  if (await exists(signature)) return
  const hint = `download ${basename(signature)} from where the stage3 came from and put it beside the tarball`
  throw distrust('stage3-unsigned', `The stage3 ${name} has no signature: ${signature} is missing.`, hint)
}

/** A clone of the blocks where the file system can, else a copy. */
async function copyIn(file: string, to: string, signal: AbortSignal): Promise<string> {
  if (signal.aborted) throw new Interrupted()
  const copy = join(to, basename(file))
  await copyFile(file, copy, constants.COPYFILE_FICLONE)
  return copy
}

async function digest(path: string, signal: AbortSignal): Promise<Required<FileDigests>> {
  const sha512 = createHash('sha512')
  const blake2b = createHash('blake2b512')
  const hash = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      sha512.update(chunk)
      blake2b.update(chunk)
    }
  }
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal })
  } catch (error) {
    throw signal.aborted ? new Interrupted() : error
  }
  return { sha512: sha512.digest('hex'), blake2b: blake2b.digest('hex') }
}

async function readDigests(file: string, keys: TrustedKeyring, role: Role, signal: AbortSignal): Promise<string> {
  const { verdict, text } = await verifyClear(keys.keyring, file, signal)
  believe(verdict, keys.trusted, { ...role, name: 'stage3-digests' }, `The file ${basename(file)}`)
  return text
}

function compare(name: string, text: string, found: Required<FileDigests>): void {
  const again = 'get the tarball, .asc and .DIGESTS again, all three from one folder of the mirror'
  const listed = parseDigests(text)
  const wanted = listed.get(name)
  if (wanted === undefined || (wanted.sha512 === undefined && wanted.blake2b === undefined)) {
    const others = [...listed.keys()].join(', ') || 'nothing'
    const message = `${name}.DIGESTS does not speak of ${name} but of ${others}: was a file renamed or exchanged?`
    throw distrust('stage3-digests-other-name', message, again)
  }
  for (const algorithm of ['sha512', 'blake2b'] as const) {
    const value = wanted[algorithm]
    if (value === undefined || value === found[algorithm]) continue
    const message = `${name} is not the file that its DIGESTS names: ${algorithm} ${value} was wanted, ${found[algorithm]} found.`
    throw distrust('stage3-digests-mismatch', message, again)
  }
}
