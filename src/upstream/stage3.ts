/** A stage3 as it came from a mirror: taken in first, then verified, so that what was verified is what is used. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Interrupted, UserError } from '../errors.ts'
import { exists } from '../system/files.ts'
import type { Signature } from '../system/gpg.ts'
import { archWord, gentooArch } from './arch-words.ts'
import { isCutOff } from './cut-off.ts'
import type { FileDigests } from './digests.ts'
import { takeIn } from './private-copy.ts'
import { againstDigests } from './stage3-digests.ts'
import { isTrusted } from './trust-keys.ts'
import { stage3Role, withTrustedKeys } from './trust.ts'
import type { Asked, KeySources, TrustedKeys } from './trust.ts'
import { day, distrust } from './trust-refusals.ts'

export interface VerifiedStage3 {
  /** The private copy, `to/name`. */
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
  readonly tarball: string
  /** The detached signature. */
  readonly signature: string
  /** The clearsigned DIGESTS: it says which file the signature is of. Where it is given it has to be right as well. */
  readonly digests?: string
  /** Upstream's base name of the tarball, for DIGESTS and for the copies. */
  readonly name: string
  /** A private, existing folder for the copies; what lies there already is used as it is. */
  readonly to: string
  readonly sources: KeySources
  /** Instead of Gentoo's own fingerprint. */
  readonly pins?: readonly string[]
  /** Gentoo's ARCH that is wanted. */
  readonly arch?: string
  /** sha512 of stage3s that were verified before: their key may have expired since. */
  readonly known?: ReadonlySet<string>
  /** Epoch seconds: an older signature is refused unless `allowOlder`. */
  readonly newerThan?: number
  readonly allowOlder?: boolean
  readonly signal: AbortSignal
}

/**
 * Takes tarball, signature and DIGESTS into `to`, verifies them there and tells what they are.
 * @throws UserError exit 3 with a code of its own for each way of not being trustworthy; `stage3-missing` (exit 2)
 */
export async function verifyStage3(options: Stage3Options): Promise<VerifiedStage3> {
  const { name, sources, known, signal } = options
  demandArch(name, options.arch)
  const files = await takeAllIn(options)
  return await withTrustedKeys(stage3Role(sources, options.pins), sources, async (keys) => {
    const found = await digest(files.tarball, signal)
    const asked = { known: () => Promise.resolve(known?.has(found.sha512) === true) }
    const signed = await signature(keys, files, name, found, asked)
    if (files.digests !== undefined) {
      const { text } = await keys.clear(files.digests, `The file ${name}.DIGESTS`, {
        ...asked,
        codes: 'stage3-digests',
      })
      const problem = againstDigests(name, text, found)
      if (problem !== undefined) throw problem
    }
    demandNewer(name, signed, options)
    const { size: bytes } = await stat(files.tarball)
    return { path: files.tarball, sha512: found.sha512, bytes, ...signed, name, arch: archWord(name) }
  })
}

/**
 * That the key which signed a stage3 that was verified once may still sign one.
 * @throws UserError `stage3-wrong-key`, exit 3
 */
export async function demandStillTrusted(name: string, signedBy: string, sources: KeySources): Promise<void> {
  const role = stage3Role(sources)
  if (await isTrusted(signedBy, role, sources)) return
  const message = `The stage3 ${name} was signed by ${signedBy}, a key that may not sign a stage3 now.`
  throw distrust('stage3-wrong-key', message, `put that key into ${role.folderName}, or bootstrap another stage3`)
}

interface Files {
  readonly tarball: string
  readonly signature: string
  readonly digests: string | undefined
}

async function takeAllIn(options: Stage3Options): Promise<Files> {
  const { name, to, signal } = options
  const tarball = await takeIn(options.tarball, to, name, 'the stage3', signal)
  if (!(await exists(options.signature))) throw unsigned(name, options.signature)
  const signatureCopy = await takeIn(options.signature, to, `${name}.asc`, 'its signature', signal)
  if (options.digests === undefined) return { tarball, signature: signatureCopy, digests: undefined }
  const digests = await takeIn(options.digests, to, `${name}.DIGESTS`, 'its DIGESTS', signal)
  return { tarball, signature: signatureCopy, digests }
}

/** The signature's word; where it fails, what can be found out about why. */
async function signature(
  keys: TrustedKeys,
  files: Files,
  name: string,
  found: Required<FileDigests>,
  asked: Asked,
): Promise<Signature> {
  const what = `The stage3 ${name}`
  try {
    return await keys.detached(files.signature, files.tarball, what, asked)
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'stage3-bad-signature') throw error
    throw (await looksLike(files.tarball, name)) ?? (await othersSignature(keys, files, name, found, asked)) ?? error
  }
}

async function looksLike(tarball: string, name: string): Promise<UserError | undefined> {
  const again = 'download it again'
  const { size } = await stat(tarball)
  if (size === 0) return distrust('stage3-empty', `The stage3 ${name} is an empty file.`, again)
  if (/^\s*<(!doctype|html|head|\?xml)/i.test(await firstBytes(tarball)))
    return distrust('stage3-web-page', `The stage3 ${name} is a web page, not a tarball.`, again)
  if (!(await isCutOff(tarball))) return undefined
  const message = `The stage3 ${name} is not what was signed: it ends too early, after ${size} bytes.`
  return distrust('stage3-truncated', message, again)
}

/** The tarball may be right and only the .asc be of another. */
async function othersSignature(
  keys: TrustedKeys,
  files: Files,
  name: string,
  found: Required<FileDigests>,
  asked: Asked,
): Promise<UserError | undefined> {
  if (files.digests === undefined) return undefined
  try {
    const { text, primary } = await keys.clear(files.digests, `The file ${name}.DIGESTS`, asked)
    if (againstDigests(name, text, found) !== undefined) return undefined
    const message = `The stage3 ${name} is the file that its DIGESTS names, signed by ${primary}, but ${name}.asc is another file's signature, or damaged.`
    return distrust('stage3-other-signature', message, `download ${name}.asc again`)
  } catch (error) {
    if (error instanceof UserError && !(error instanceof Interrupted)) return undefined
    throw error
  }
}

function demandArch(name: string, wanted: string | undefined): void {
  const word = archWord(name)
  if (wanted === undefined || word === undefined || gentooArch(word) === wanted) return
  const message = `${name} is for ${word}; the configuration is for ${wanted}.`
  throw distrust('wrong-architecture', message, `take a stage3 of ${wanted}, or change env/arch`)
}

function demandNewer(name: string, signed: Signature, { newerThan, allowOlder }: Stage3Options): void {
  if (newerThan === undefined || signed.signedAt >= newerThan || allowOlder === true) return
  const message = `The stage3 ${name} was signed on ${day(signed.signedAt)}, before the one that the profile has (${day(newerThan)}).`
  throw distrust('stage3-older', message, '--allow-older takes it all the same')
}

function unsigned(name: string, path: string): UserError {
  const hint = `download ${basename(path)} from where the stage3 came from and put it beside the tarball`
  return distrust('stage3-unsigned', `The stage3 ${name} has no signature: ${path} is missing.`, hint)
}

async function firstBytes(path: string): Promise<string> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0)
    return buffer.subarray(0, bytesRead).toString('latin1')
  } finally {
    await handle.close()
  }
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
