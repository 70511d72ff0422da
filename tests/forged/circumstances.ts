/** Good tarballs, with keys, locks and configurations that must not let them through. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../src/system/process.ts'
import { PAST, type Case, type Changed, type Place } from './kit.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

/** Signs the tarball, and trusts what is in these files. */
function trusting(name: string, code: string, words: RegExp, files: (place: Place) => Promise<Files> | Files): Case {
  const make = async (place: Place): Promise<Changed> => {
    await place.sign()
    return await place.trusting(await files(place))
  }
  return { name: `trusted.keys: ${name}`, code, words, make }
}

export const KEY_FILES: readonly Case[] = [
  trusting('an empty file', 'empty-key-file', /is empty where a public key was expected/, () => ({ 'key.asc': '\n' })),
  trusting('a text', 'bad-key-file', /holds no OpenPGP public key/, () => ({ 'key.asc': 'my key\n' })),
  trusting('a web page', 'bad-key-file', /holds no OpenPGP public key/, () => ({ 'key.asc': '<html></html>' })),
  trusting('a signature', 'bad-key-file', /holds no OpenPGP public key/, async ({ kit }) => ({
    'key.asc': kit.earlier.get('revoked') ?? '',
  })),
  trusting('a secret key', 'secret-key-file', /is a SECRET key, which must never/, async ({ kit }) => ({
    'key.asc': await kit.keys.secretKey(kit.key.upstream),
  })),
  trusting(
    'a secret key behind a public one',
    'secret-key-file',
    /is a SECRET key/,
    async ({ kit: { keys, key } }) => ({
      'key.asc': Buffer.concat([await keys.publicKey(key.upstream), await keys.secretKey(key.stranger)]),
    }),
  ),
  trusting('a good key, and a file that is none', 'bad-key-file', /other\.asc holds no/, async ({ kit }) => ({
    'key.asc': await kit.keys.publicKey(kit.key.upstream),
    'other.asc': 'hello',
  })),
  trusting('a short key id', 'bad-key-file', /shorter than a fingerprint/, ({ kit }) => ({
    pin: `${kit.key.upstream.slice(-16)}\n`,
  })),
  trusting(
    'a fingerprint whose key is nowhere',
    'no-trusted-keys',
    /its bytes are nowhere on this machine/,
    ({ kit }) => ({
      pin: kit.key.upstream,
    }),
  ),
  trusting(
    'a key of a day to come alone',
    'clock-behind',
    /made on 2060-01-01, a day that is yet to come/,
    async ({ kit }) => ({
      'key.asc': await kit.keys.publicKey(kit.key.future),
    }),
  ),
  trusting(
    'the fingerprint of a subkey',
    'stage3-pinned-subkey',
    /in env\/trusted\.keys\/stage3 is of a subkey/,
    async (place) => {
      const { keys, key } = place.kit
      await place.sign(key.withSubkey)
      const listed = await keys.gpg('--with-colons', '--with-subkey-fingerprint', '--list-keys', key.withSubkey)
      const [, subkey = ''] = [...listed.matchAll(/^fpr:+([0-9A-F]+):/gm)].map(([, fingerprint]) => fingerprint)
      return { 'key.asc': await keys.publicKey(key.upstream), pin: subkey }
    },
  ),
  trusting(
    'a good key, and a fingerprint whose key is nowhere',
    'stage3-missing-key',
    /nowhere on this machine/,
    async (place) => {
      const { keys, key } = place.kit
      await place.sign(key.stranger)
      return { 'key.asc': await keys.publicKey(key.upstream), pin: key.stranger }
    },
  ),
  trusting('nothing', 'no-trusted-keys', /env\/trusted\.keys\/stage3 holds none/, () => ({ 'README.md': 'keys' })),
  {
    name: 'trusted.keys: a pipe',
    code: 'bad-key-file',
    words: /is not a file with an OpenPGP public key/,
    async make(place) {
      await place.sign()
      const changed = await place.trusting({})
      await run(['mkfifo', join(changed.trustedKeys ?? '', 'stage3', 'key.asc')])
      return changed
    },
  },
  {
    name: 'trusted.keys: the key lies where a repository’s would',
    code: 'stage3-other-role',
    words: /something else: env\/trusted\.keys\/repository\/gentoo/,
    async make(place) {
      const { keys, key } = place.kit
      await place.sign(key.stranger)
      const changed = await place.trusting({ 'stranger.asc': await keys.publicKey(key.stranger) })
      const stage3 = join(changed.trustedKeys ?? '', 'stage3')
      await mkdir(join(stage3, '..', 'repository'))
      await rename(stage3, join(stage3, '..', 'repository', 'gentoo'))
      await place.trusting({ 'key.asc': await keys.publicKey(key.upstream) })
      return changed
    },
  },
]

export const OTHERS: readonly Case[] = [
  {
    name: 'a stage3 of another architecture',
    code: 'wrong-architecture',
    words: /is for arm64; the configuration is for amd64/,
    async make(place) {
      await place.sign()
      const tarball = place.tarball.replace('amd64', 'arm64')
      await rename(place.tarball, tarball)
      await rename(`${place.tarball}.asc`, `${tarball}.asc`)
      return { tarball }
    },
  },
  {
    name: 'a stage3 that is older than the profile’s',
    code: 'stage3-older',
    words: /was signed on 2020-07-01, before the one that the profile has \(2023-11-14\)/,
    async make(place) {
      await place.sign(place.kit.key.early, '--faked-system-time', '20200701T000000')
      return { lock: { signedAt: 1_700_000_000 } }
    },
  },
  {
    name: 'an older stage3 under a new name, by its DIGESTS',
    code: 'stage3-digests-other-name',
    words: /does not speak of/,
    async make(place) {
      await place.sign()
      await place.signDigests(await place.goodDigests('stage3-amd64-openrc-20200101T000000Z.tar.xz'))
    },
  },
  {
    name: 'a key that has expired, of a user whose copy has expired too',
    code: 'stage3-expired-key',
    words: /expired on 2020-01-11/,
    async make(place) {
      const { keys, key } = place.kit
      await place.sign(key.expired, '--faked-system-time', PAST.signed)
      const userHome = join(place.folder, 'home')
      await mkdir(userHome, { mode: 0o700 })
      const quiet = ['--batch', '--quiet', '--no-tty', '--no-autostart', '--trust-model', 'always'] as const
      await run(['gpg', '--homedir', userHome, ...quiet, '--import'], { input: await keys.publicKey(key.expired) })
      await rm(join(userHome, 'trustdb.gpg'), { force: true })
      return { userHome }
    },
  },
]
