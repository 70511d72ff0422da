/** Tarballs and detached signatures that must not be believed. */
import { appendFile, copyFile, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../src/system/process.ts'
import { programBytes } from '../../src/system/stream.ts'
import { FUTURE, PAST, type Case, type Place } from './kit.ts'

const WEB_PAGE = '<!DOCTYPE html>\n<html><head><title>404</title></head></html>\n'

/** Signs, then changes the tarball. */
function changed(name: string, code: string, words: RegExp, change: (place: Place) => Promise<void>): Case {
  const make = async (place: Place) => {
    await place.sign()
    await change(place)
  }
  return { name, code, words, make }
}

const cutTo = (part: (size: number) => number) => async (place: Place) => {
  const { length } = await readFile(place.tarball)
  await truncate(place.tarball, part(length))
}

/** Signs a tarball of another compression, then cuts it. */
function cutOff(program: string, less: number): Case {
  return {
    name: `a tarball of ${program} that ends ${less} bytes too early`,
    code: 'stage3-truncated',
    words: /ends too early, after \d+ bytes/,
    async make(place) {
      const plain = await programBytes(['xz', '-dc', place.tarball])
      const path = join(place.folder, 'plain')
      await writeFile(path, plain)
      await writeFile(place.tarball, await programBytes([program, '-c', path]))
      await rm(path)
      await place.sign()
      await cutTo((size) => size - less)(place)
    },
  }
}

export const TARBALLS: readonly Case[] = [
  changed('an empty tarball', 'stage3-empty', /is an empty file/, (place) => truncate(place.tarball, 0)),
  changed(
    'half a tarball',
    'stage3-truncated',
    /ends too early/,
    cutTo((size) => Math.floor(size / 2)),
  ),
  changed(
    'a tarball without its last byte',
    'stage3-truncated',
    /ends too early/,
    cutTo((size) => size - 1),
  ),
  changed('a tarball whose second half is zeros', 'stage3-truncated', /ends too early/, async (place) => {
    const { length } = await readFile(place.tarball)
    await truncate(place.tarball, Math.floor(length / 2))
    await truncate(place.tarball, length)
  }),
  cutOff('xz', 300),
  cutOff('zstd', 1),
  cutOff('zstd', 300),
  cutOff('gzip', 5),
  cutOff('gzip', 300),
  cutOff('bzip2', 3),
  changed('one bit of the tarball is another', 'stage3-bad-signature', /changed or damaged/, async (place) => {
    const bytes = await readFile(place.tarball)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = (bytes[middle] ?? 0) ^ 1
    await writeFile(place.tarball, bytes)
  }),
  changed('a tarball with something behind it', 'stage3-bad-signature', /changed or damaged/, async (place) => {
    await appendFile(place.tarball, await readFile(place.kit.other))
  }),
  changed('a tarball with a byte behind it', 'stage3-bad-signature', /changed or damaged/, (place) =>
    appendFile(place.tarball, 'x'),
  ),
  changed('a tarball with something before it', 'stage3-bad-signature', /changed or damaged/, async (place) => {
    await writeFile(place.tarball, Buffer.concat([Buffer.alloc(512), await readFile(place.tarball)]))
  }),
  changed('another tarball', 'stage3-bad-signature', /changed or damaged/, async (place) => {
    await copyFile(place.kit.other, place.tarball)
  }),
  changed('a web page for a tarball', 'stage3-web-page', /is a web page, not a tarball/, async (place) => {
    await writeFile(place.tarball, WEB_PAGE)
  }),
  instead('no tarball', /There is no (file|stage3)/, () => Promise.resolve()),
  instead('a folder for a tarball', /is not a file/, ({ tarball }) => mkdir(tarball)),
  instead('a pipe for a tarball', /is not a file/, async ({ tarball }) => void (await run(['mkfifo', tarball]))),
  instead('a device for a tarball', /is not a file/, ({ tarball }) => symlink('/dev/zero', tarball)),
  instead('a link to nowhere for a tarball', /There is no (file|stage3)/, ({ tarball }) => symlink('nowhere', tarball)),
  instead('a link to itself for a tarball', /leads nowhere/, ({ tarball }) => symlink(tarball, tarball)),
]

function instead(name: string, words: RegExp, put: (place: Place) => Promise<unknown>): Case {
  const make = async (place: Place) => {
    await place.sign()
    await rm(place.tarball)
    await put(place)
  }
  return { name, code: 'stage3-missing', exit: 2, words, make }
}

/** Puts these bytes where the signature is expected. */
function given(name: string, code: string, words: RegExp, bytes: (place: Place) => Promise<string | Uint8Array>): Case {
  const make = async (place: Place) => {
    await writeFile(`${place.tarball}.asc`, await bytes(place))
  }
  return { name, code: `stage3-${code}`, words, make }
}

/** What gpg writes when it is asked so. */
async function gpg(place: Place, ...args: readonly string[]): Promise<Buffer> {
  const to = join(place.folder, 'made')
  await place.kit.keys.gpg('--output', to, ...args)
  const bytes = await readFile(to)
  await rm(to)
  return bytes
}

const detached = (place: Place, by: string, ...options: readonly string[]) =>
  gpg(place, ...options, '--local-user', by, '--detach-sign', place.tarball)

const armoured = async (place: Place) => await readFile(await place.sign(), 'utf8')

export const SIGNATURES: readonly Case[] = [
  { name: 'no signature', code: 'stage3-unsigned', words: /\.asc is missing/, make: () => Promise.resolve() },
  {
    name: 'a pipe for a signature',
    code: 'stage3-missing',
    exit: 2,
    words: /\.asc is not a file/,
    make: async ({ tarball }) => void (await run(['mkfifo', `${tarball}.asc`])),
  },
  given('an empty signature', 'empty-signature', /an empty signature file/, () => Promise.resolve('')),
  given('a signature of blanks', 'empty-signature', /an empty signature file/, () => Promise.resolve(' \n\n')),
  given('a web page for a signature', 'web-page', /a web page where its signature/, () => Promise.resolve(WEB_PAGE)),
  given('a text for a signature', 'no-signature', /has no OpenPGP signature/, () => Promise.resolve('signed: me\n')),
  given('noise for a signature', 'no-signature', /has no OpenPGP signature/, () =>
    Promise.resolve(Buffer.alloc(300, 7)),
  ),
  given('an armoured signature cut in the middle', 'no-signature', /has no OpenPGP signature/, async (place) => {
    const text = await armoured(place)
    return text.slice(0, text.indexOf('\n\n') + 30)
  }),
  given('a public key for a signature', 'key-for-signature', /an OpenPGP key where/, async ({ kit }) => {
    return await kit.keys.publicKey(kit.key.upstream)
  }),
  given('a binary public key for a signature', 'no-signature', /has no OpenPGP signature/, (place) =>
    gpg(place, '--export', place.kit.key.upstream),
  ),
  given('a clearsigned text for a signature', 'not-detached', /a clearsigned text where a detached/, (place) =>
    gpg(place, '--local-user', place.kit.key.upstream, '--clear-sign', place.tarball),
  ),
  given('a signed message for a signature', 'not-detached', /a signed message where a detached/, (place) =>
    gpg(place, '--local-user', place.kit.key.upstream, '--armor', '--sign', place.tarball),
  ),
  given('a binary signed message for a signature', 'no-signature', /has no OpenPGP signature/, (place) =>
    gpg(place, '--local-user', place.kit.key.upstream, '--sign', place.tarball),
  ),
  given('a signature and a signed message behind it', 'no-signature', /has no OpenPGP signature/, async (place) => {
    const { upstream } = place.kit.key
    const message = await gpg(place, '--local-user', upstream, '--compress-level', '0', '--sign', place.tarball)
    return Buffer.concat([await detached(place, upstream), message])
  }),
  given('the signature of another file', 'bad-signature', /changed or damaged/, (place) =>
    gpg(place, '--local-user', place.kit.key.upstream, '--detach-sign', place.kit.other),
  ),
  given('two good signatures', 'several-signatures', /carries several signatures/, async (place) => {
    const one = await detached(place, place.kit.key.upstream)
    return Buffer.concat([one, one])
  }),
  given(
    'a good signature and one of another file',
    'several-signatures',
    /carries several signatures/,
    async (place) => {
      const { key, other } = place.kit
      const bad = await gpg(place, '--local-user', key.upstream, '--detach-sign', other)
      return Buffer.concat([await detached(place, key.upstream), bad])
    },
  ),
  given('a good signature and a stranger’s', 'several-signatures', /carries several signatures/, async (place) => {
    const { key } = place.kit
    return Buffer.concat([await detached(place, key.upstream), await detached(place, key.stranger)])
  }),
  given('a stranger’s signature and a good one', 'several-signatures', /carries several signatures/, async (place) => {
    const { key } = place.kit
    return Buffer.concat([await detached(place, key.stranger), await detached(place, key.upstream)])
  }),
  given('two armoured signatures', 'several-signatures', /carries several signatures/, async (place) => {
    const text = await armoured(place)
    return text + text
  }),
  given('a signature in text mode', 'text-signature', /does not cover every byte/, (place) =>
    detached(place, place.kit.key.upstream, '--textmode'),
  ),
  ...(['SHA1', 'MD5', 'RIPEMD160'] as const).map((digest) =>
    given(`a signature over ${digest}`, 'weak-digest', /a digest that can be forged/, (place) =>
      detached(place, place.kit.key.upstream, '--allow-weak-digest-algos', '--digest-algo', digest),
    ),
  ),
  given('a signature of a key of 1024 bits', 'weak-key', /a key of 1024 bits, which can be broken/, (place) =>
    detached(place, place.kit.key.weak),
  ),
  given('a signature of a day to come', 'future-signature', /from 2060-01-01, a day that is yet to come/, (place) =>
    detached(place, place.kit.key.upstream, '--faked-system-time', FUTURE),
  ),
  given('a key of a day to come', 'clock-behind', /a key that was made on 2060-01-01/, (place) =>
    detached(place, place.kit.key.future, '--faked-system-time', FUTURE),
  ),
  given('a signature that has expired', 'expired-signature', /that has expired/, (place) =>
    detached(place, place.kit.key.early, '--faked-system-time', '20200701T000000', '--default-sig-expire', '1d'),
  ),
  given('a key that has expired', 'expired-key', /expired on 2020-01-11, after it signed on 2020-01-03/, (place) =>
    detached(place, place.kit.key.expired, '--faked-system-time', PAST.signed),
  ),
  given('a subkey that has expired', 'expired-key', /expired on 2020-01-11, after it signed on 2020-01-03/, (place) =>
    detached(place, place.kit.key.expiredSub, '--faked-system-time', PAST.signed),
  ),
  given('a key that had expired already', 'expired-key', /expired on 2020-02-11\./, earlier('shortened')),
  {
    name: 'a stage3 that is known, signed after its key had expired',
    code: 'stage3-expired-key',
    words: /expired on 2020-02-11\./,
    async make(place) {
      await writeFile(`${place.tarball}.asc`, await earlier('shortened')(place))
      const sha512 = (await place.goodDigests()).match(/[0-9a-f]{128}(?=\s+\S+\n$)/)?.[0] ?? ''
      return { lock: { sha512 } }
    },
  },
  given('a revoked key', 'revoked-key', /that its owner has revoked/, earlier('revoked')),
  given('a revoked subkey', 'revoked-key', /that its owner has revoked/, earlier('revokedSub')),
  given(
    'a key that is revoked and has expired',
    'revoked-key',
    /that its owner has revoked/,
    earlier('revokedExpired'),
  ),
  given('a key that the user knows to be revoked', 'revoked-key', /owner has revoked/, earlier('revokedAtUsers')),
  given('a key that nobody knows', 'unknown-key', /is not among the keys for this role/, (place) =>
    detached(place, place.kit.key.stranger),
  ),
  given('a key of the user', 'user-key', /a key of your own keyring \(A friend <friend@example\.org>\)/, (place) =>
    detached(place, place.kit.key.users),
  ),
  given('a key of a repository', 'other-role', /something else: env\/trusted\.keys\/repository\/overlay/, (place) =>
    detached(place, place.kit.key.overlay),
  ),
  given('a key of snapshots', 'other-role', /something else: env\/trusted\.keys\/snapshot\/gentoo/, (place) =>
    detached(place, place.kit.key.snapshot),
  ),
]

function earlier(name: 'revoked' | 'revokedSub' | 'revokedExpired' | 'revokedAtUsers' | 'shortened') {
  return (place: Place) => Promise.resolve(place.kit.earlier.get(name) ?? '')
}
