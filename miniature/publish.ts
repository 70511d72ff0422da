/** What a mirror would hold, signed as upstream signs it. */
import { chmod, cp, link, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashFile } from '../src/system/hash.ts'
import { commit } from './commit.ts'
import { copyAll } from './copy.ts'
import { ROLES, withHome, type Home } from './keys.ts'
import { CONTENTS, DAY, EPOCH, LATEST, LATEST_OF_ALL, STAGE3, STAMP } from './pins.ts'

export interface Parts {
  /** See `seed`, `completeRepository`, `keys`. */
  readonly seed: string
  readonly repository: string
  readonly keys: string
}

/** Lays out a miniature in the folder `at`, which is made. */
export async function publish(parts: Parts, at: string, signal: AbortSignal): Promise<void> {
  const files = join(at, 'releases/amd64/autobuilds', STAMP)
  await mkdir(files, { recursive: true })
  // The same file twice on one disk: both sides only read it.
  for (const name of [STAGE3, CONTENTS]) await link(join(parts.seed, name), join(files, name))
  for (const name of ['gentoo', 'distfiles', 'snapshots']) {
    await copyAll(join(parts.repository, name), join(at, name), signal)
  }
  await publishKeys(parts.keys, at)

  await withHome(join(parts.keys, 'stage3'), signal, (home) => signStage3(home, files))
  await withHome(join(parts.keys, 'snapshot'), signal, async (home) => {
    const snapshot = join(at, 'snapshots', `gentoo-${DAY}.tar.xz`)
    await home.gpg(['--armor', '--output', `${snapshot}.gpgsig`, '--detach-sign', snapshot])
    // The newest one has a second name; its md5sum names the dated file, as upstream's does.
    for (const suffix of ['', '.gpgsig', '.md5sum'])
      await link(`${snapshot}${suffix}`, join(at, 'snapshots', `gentoo-latest.tar.xz${suffix}`))
  })
  await commit({
    repository: join(at, 'gentoo'),
    signingHome: join(parts.keys, 'repository'),
    message: 'The miniature',
    time: EPOCH,
    signal,
  })
}

async function publishKeys(from: string, at: string): Promise<void> {
  await mkdir(join(at, 'keys'))
  await mkdir(join(at, 'private'), { mode: 0o700 })
  for (const role of ROLES) {
    await cp(join(from, `${role}.asc`), join(at, 'keys', `${role}.asc`))
    await cp(join(from, role), join(at, 'private', role), { recursive: true })
    await chmod(join(at, 'private', role), 0o700)
  }
}

async function signStage3(home: Home, files: string): Promise<void> {
  const tarball = join(files, STAGE3)
  const clearsign = async (path: string, text: string) =>
    writeFile(path, await home.gpg(['--digest-algo', 'SHA512', '--clear-sign'], text))
  await home.gpg(['--armor', '--output', `${tarball}.asc`, '--detach-sign', tarball])
  await clearsign(`${tarball}.DIGESTS`, await digests(files, [STAGE3, CONTENTS]))
  await clearsign(`${tarball}.sha256`, `${await hashFile(tarball, 'sha256')}  ${STAGE3}\n`)
  const text = latest((await stat(tarball)).size)
  for (const name of [LATEST, LATEST_OF_ALL]) await clearsign(join(files, '..', name), text)
}

/** The text of a DIGESTS file. */
async function digests(folder: string, names: readonly string[]): Promise<string> {
  const lines: string[] = []
  for (const name of names) {
    const path = join(folder, name)
    lines.push('# BLAKE2B HASH', `${await hashFile(path, 'blake2b512')}  ${name}`)
    lines.push('# SHA512 HASH', `${await hashFile(path, 'sha512')}  ${name}`)
  }
  return `${lines.join('\n')}\n`
}

/** Pure. The text of the list of latest builds. */
export function latest(bytes: number): string {
  const words = new Date(EPOCH * 1000).toUTCString().replace('GMT', '+0000')
  return `# Latest as of ${words}\n# ts=${EPOCH}\n${STAMP}/${STAGE3} ${bytes}\n`
}

/** For the second call: which content a published miniature was made of. */
export async function publishedKey(at: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(join(at, 'miniature.json'), 'utf8')) as { key?: string }).key
  } catch {
    return undefined
  }
}
