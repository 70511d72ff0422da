/** What forged inputs are made with: keys of every kind, a small tarball, and a folder for each case. */
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKeyHome, type KeyHome } from '../../src/system/gpg.testkit.ts'
import { run } from '../../src/system/process.ts'

/** The name of every tarball, unless the case is about names. */
export const NAME = 'stage3-amd64-openrc-20260101T000000Z.tar.xz'

/** Something that must be refused, lying ready. */
export interface Forged {
  /** What was done to it. */
  readonly name: string
  /** Holds the tarball, its `.asc` and `.DIGESTS`, as far as the case has them. */
  readonly folder: string
  readonly tarball: string
  /** What belongs in the configuration as env/trusted.keys. */
  readonly trustedKeys: string
  /** GNUPGHOME of the user. */
  readonly userHome: string
  readonly code: string
  readonly exit: 2 | 3
  readonly words: RegExp
  /** What the lock has to say for the case: the profile's stage3 was signed then (epoch seconds), or has this sha512. */
  readonly lock?: { readonly signedAt?: number; readonly sha512?: string }
}

export interface Case {
  readonly name: string
  readonly code: string
  readonly words: RegExp
  readonly exit?: 2
  /** Works in a folder where nothing but the good tarball lies. */
  make(place: Place): Promise<Changed | void>
}

/** What is not as it is in other cases. */
export type Changed = Partial<Pick<Forged, 'tarball' | 'trustedKeys' | 'userHome' | 'lock'>>

/** Where one case is made. */
export interface Place {
  readonly kit: Kit
  readonly folder: string
  readonly tarball: string
  /** Writes the detached signature; gives its path. */
  sign(by?: string, ...options: readonly string[]): Promise<string>
  /** Writes DIGESTS, clearsigned. */
  signDigests(text: string, by?: string, ...options: readonly string[]): Promise<string>
  /** A text that is right about the tarball. */
  goodDigests(name?: string): Promise<string>
  /** A trusted.keys of its own, with these files of stage3/. */
  trusting(files: Readonly<Record<string, string | Uint8Array>>): Promise<Changed>
}

export interface Kit {
  readonly root: string
  readonly keys: KeyHome
  readonly key: Keys
  /** The good tarball, and another one. */
  readonly tarball: string
  readonly other: string
  readonly trustedKeys: string
  /** The same, with keys that may sign stage3s but should not: expired, revoked, weak. */
  readonly formerKeys: string
  readonly userHome: string
  /** Signatures of the good tarball by keys that may not sign any more. */
  readonly earlier: ReadonlyMap<keyof Keys, string>
  /** A clean folder with the good tarball. */
  place(): Promise<Place>
  remove(): Promise<void>
}

/** Fingerprints. */
interface Keys {
  /** Trusted for stage3s. */
  readonly upstream: string
  /** Trusted for stage3s, and may not sign any more, or not so. */
  readonly expired: string
  readonly expiredSub: string
  readonly shortened: string
  readonly revoked: string
  readonly revokedAtUsers: string
  readonly revokedSub: string
  readonly revokedExpired: string
  readonly weak: string
  readonly future: string
  readonly early: string
  /** Trusted for a repository; for snapshots, by fingerprint. */
  readonly overlay: string
  readonly snapshot: string
  /** In the user's keyring, and nowhere else. */
  readonly users: string
  readonly stranger: string
  /** Signs with a subkey; in the user's keyring too. */
  readonly withSubkey: string
}

/** Times of keys that are history, or not yet, as gpg takes them. */
export const PAST = { made: '20200101T000000', signed: '20200103T000000', later: '20200601T000000' } as const
export const FUTURE = '20600101T000000'

export async function makeKit(): Promise<Kit> {
  const keys = await makeKeyHome()
  const root = await mkdtemp(join(tmpdir(), 'gm-forged-'))
  const key = await makeKeys(keys)
  const [content, userHome] = [join(root, 'content'), join(root, 'user')]
  await mkdir(content)
  await mkdir(userHome, { mode: 0o700 })
  await writeFile(join(content, 'file'), Buffer.from(Array.from({ length: 40_000 }, (_, n) => (n * n * n) % 251)))
  const [tarball, other] = [join(root, 'good.tar.xz'), join(root, 'other.tar.xz')]
  await run(['tar', '-C', root, '-cJf', tarball, 'content'])
  await writeFile(join(content, 'file'), 'another')
  await run(['tar', '-C', root, '-cJf', other, 'content'])
  const earlier = await signEarlier(keys, key, tarball)
  const revokedAtUsers = await keys.publicKey(key.revokedAtUsers)
  await spoil(keys, key)
  const trustedKeys = join(root, 'trusted.keys')
  const formerKeys = join(root, 'former.keys')
  await trust(keys, key, trustedKeys)
  await trust(keys, key, formerKeys, { revokedAtUsers })
  await runGpg(userHome, await exported(keys, key.users, key.withSubkey, key.revokedAtUsers))
  let count = 0
  const kit: Kit = {
    root,
    keys,
    key,
    tarball,
    other,
    trustedKeys,
    formerKeys,
    userHome,
    earlier,
    async place() {
      count += 1
      return await makePlace(kit, join(root, 'cases', String(count).padStart(3, '0')))
    },
    async remove() {
      await keys.remove()
      await rm(root, { recursive: true, force: true })
    },
  }
  return kit
}

async function makeKeys(keys: KeyHome): Promise<Keys> {
  const { made, later } = PAST
  const subkey = async (primary: string, expires: string) => {
    await keys.gpg('--faked-system-time', made, '--quick-add-key', primary, 'ed25519', 'sign', expires)
    return primary
  }
  const certify = (mail: string) => keys.makeKey(mail, { at: made, usage: 'cert' })
  return {
    upstream: await keys.makeKey('upstream@example.org'),
    expired: await keys.makeKey('expired@example.org', { at: made, expires: '10d' }),
    expiredSub: await subkey(await certify('sub@example.org'), '10d'),
    shortened: await keys.makeKey('shortened@example.org', { at: made }),
    revoked: await keys.makeKey('revoked@example.org', { at: made }),
    revokedAtUsers: await keys.makeKey('compromised@example.org', { at: made }),
    revokedSub: await subkey(await certify('revsub@example.org'), 'never'),
    revokedExpired: await keys.makeKey('both@example.org', { at: made, expires: '10d' }),
    weak: await keys.makeKey('weak@example.org', { algorithm: 'rsa1024' }),
    future: await keys.makeKey('future@example.org', { at: FUTURE }),
    early: await keys.makeKey('early@example.org', { at: later }),
    overlay: await keys.makeKey('overlay@example.org'),
    snapshot: await keys.makeKey('snapshot@example.org'),
    users: await keys.makeKey('A friend <friend@example.org>'),
    stranger: await keys.makeKey('Gentoo <stranger@example.org>'),
    withSubkey: await subkey(await certify('primary@example.org'), 'never'),
  }
}

/** Fills trusted.keys; with the keys that should not sign if there is an `instead`, which has what is put there for a key. */
async function trust(
  keys: KeyHome,
  key: Keys,
  trustedKeys: string,
  instead?: Partial<Record<keyof Keys, Buffer>>,
): Promise<void> {
  const [stage3, overlay, snapshot] = ['stage3', 'repository/overlay', 'snapshot/gentoo'].map((name) =>
    join(trustedKeys, name),
  ) as [string, string, string]
  for (const folder of [stage3, overlay, snapshot]) await mkdir(folder, { recursive: true })
  const {
    upstream,
    overlay: _overlay,
    snapshot: _snapshot,
    users: _users,
    stranger: _stranger,
    withSubkey: _withSubkey,
    ...former
  } = key
  await writeFile(join(stage3, 'upstream.asc'), await keys.publicKey(upstream))
  if (instead !== undefined) {
    const rest: Buffer[] = []
    for (const [name, fingerprint] of Object.entries(former))
      rest.push(instead[name as keyof Keys] ?? (await keys.publicKey(fingerprint)))
    await writeFile(join(stage3, 'former.asc'), Buffer.concat(rest))
  }
  await writeFile(join(stage3, 'README.md'), 'Keys that may sign stage3s.')
  await writeFile(join(overlay, 'key.asc'), await keys.publicKey(key.overlay))
  await writeFile(join(snapshot, 'fingerprint'), `# whoever packs them\n${key.snapshot.replace(/(.{4})/g, '$1 ')}\n`)
}

/** Signs the good tarball while these keys still may: gpg signs nothing with a key that may not any more. */
async function signEarlier(keys: KeyHome, key: Keys, tarball: string): Promise<ReadonlyMap<keyof Keys, string>> {
  const { signed, later } = PAST
  const made = new Map<keyof Keys, string>()
  for (const name of ['revoked', 'revokedAtUsers', 'revokedSub', 'revokedExpired', 'shortened'] as const) {
    const at = ['--faked-system-time', name === 'shortened' ? later : signed]
    made.set(
      name,
      await keys.gpg(...at, '--local-user', key[name], '--armor', '--output', '-', '--detach-sign', tarball),
    )
  }
  return made
}

/** What came over the keys later. */
async function spoil(keys: KeyHome, key: Keys): Promise<void> {
  for (const name of ['revoked', 'revokedAtUsers', 'revokedExpired'] as const) await keys.revoke(key[name])
  await keys.gpg('--faked-system-time', '20200201T000000', '--quick-set-expire', key.shortened, '10d')
  const home = ['--homedir', keys.home, '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', ''] as const
  const input = 'key 1\nrevkey\ny\n0\n\ny\nsave\n'
  await run(['gpg', ...home, '--command-fd', '0', '--status-fd', '2', '--edit-key', key.revokedSub], { input })
}

async function exported(keys: KeyHome, ...fingerprints: readonly string[]): Promise<Buffer> {
  return Buffer.from(await keys.gpg('--armor', '--export', ...fingerprints))
}

async function runGpg(home: string, bytes: Buffer): Promise<void> {
  const quiet = ['--batch', '--quiet', '--no-tty', '--no-autostart', '--trust-model', 'always']
  await run(['gpg', '--homedir', home, ...quiet, '--import'], { input: bytes })
}

async function makePlace(kit: Kit, folder: string): Promise<Place> {
  const { keys, key } = kit
  const tarball = join(folder, NAME)
  await mkdir(folder, { recursive: true })
  await copyFile(kit.tarball, tarball)
  return {
    kit,
    folder,
    tarball,
    async sign(by = key.upstream, ...options) {
      const to = `${tarball}.asc`
      await keys.gpg(...options, '--local-user', by, '--armor', '--output', to, '--detach-sign', tarball)
      return to
    },
    async signDigests(text, by = key.upstream, ...options) {
      const to = `${tarball}.DIGESTS`
      const plain = join(folder, 'plain')
      await writeFile(plain, text)
      await keys.gpg(...options, '--local-user', by, '--output', to, '--clear-sign', plain)
      await rm(plain)
      return to
    },
    async goodDigests(name = NAME) {
      const bytes = await readFile(tarball)
      return `# BLAKE2B HASH\n${hash('blake2b512', bytes)}  ${name}\n# SHA512 HASH\n${hash('sha512', bytes)}  ${name}\n`
    },
    async trusting(files) {
      const trustedKeys = join(folder, 'trusted.keys')
      await mkdir(join(trustedKeys, 'stage3'), { recursive: true })
      for (const [name, content] of Object.entries(files)) await writeFile(join(trustedKeys, 'stage3', name), content)
      return { trustedKeys }
    },
  }
}

export function hash(algorithm: 'md5' | 'sha1' | 'sha512' | 'blake2b512', bytes: Uint8Array | string): string {
  return createHash(algorithm).update(bytes).digest('hex')
}
