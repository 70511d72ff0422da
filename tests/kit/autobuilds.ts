/** Upstream's side of stage3s for tests: `releases/ARCH/autobuilds/` with signed tarballs, DIGESTS and lists. */
import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { KeyHome } from '../../src/system/gpg.testkit.ts'

export interface Build {
  /** Architecture and flavour, as in the name: `amd64-openrc`. */
  readonly subject: string
  /** `20260104T170306Z` */
  readonly stamp: string
  readonly tarball: string | Uint8Array
}

export interface Publisher {
  /** The mirror's root. */
  readonly mirror: string
  /** Folder below `releases/`. */
  readonly arch: string
  readonly keys: KeyHome
  /** Fingerprint of the key that signs. */
  readonly signer: string
}

/** Writes builds and the lists of exactly these; gives their paths below the mirror's root, in order. */
export async function publishStage3s(publisher: Publisher, builds: readonly Build[]): Promise<string[]> {
  const folder = `releases/${publisher.arch}/autobuilds`
  const paths: string[] = []
  const lines = new Map<string, string>()
  for (const build of builds) {
    const name = `stage3-${build.subject}-${build.stamp}.tar.xz`
    const path = `${folder}/${build.stamp}/${name}`
    await publishTarball(publisher, path, name, build.tarball)
    lines.set(build.subject, `${build.stamp}/${name} ${Buffer.from(build.tarball).length}\n`)
    paths.push(path)
  }
  const lists = [...lines].map(([subject, line]) => [`latest-stage3-${subject}.txt`, line] as const)
  for (const [name, text] of [...lists, ['latest-stage3.txt', [...lines.values()].join('')] as const]) {
    await clearSign(publisher, `${folder}/${name}`, `# Latest as of Sun, 04 Jan 2026 17:03:06 +0000\n${text}`)
  }
  return paths
}

/** A signed text in place of whatever was at this path. */
export async function clearSign({ mirror, keys, signer }: Publisher, path: string, text: string): Promise<void> {
  const file = join(mirror, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.plain`, text)
  await keys.gpg('--local-user', signer, '--output', file, '--clear-sign', `${file}.plain`)
  await rm(`${file}.plain`)
}

async function publishTarball(publisher: Publisher, path: string, name: string, content: Build['tarball']) {
  const { mirror, keys, signer } = publisher
  const file = join(mirror, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
  await keys.gpg('--local-user', signer, '--armor', '--output', `${file}.asc`, '--detach-sign', file)
  const digest = (algorithm: string) => createHash(algorithm).update(content).digest('hex')
  const digests = `# BLAKE2B HASH\n${digest('blake2b512')}  ${name}\n# SHA512 HASH\n${digest('sha512')}  ${name}\n`
  await clearSign(publisher, `${path}.DIGESTS`, digests)
}
