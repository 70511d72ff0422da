/** A small Debian as a tar, bootstrapped by mmdebstrap from the mirrors that the host uses. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { programFilter, programSource } from '../src/system/stream.ts'
import { hostSources, type DebianSources } from './apt-sources.ts'
import { keyOf } from './content.ts'
import { kept } from './kept.ts'
import { progress, type Making } from './making.ts'
import { EPOCH, PACKAGES, UNWANTED } from './pins.ts'

/** The path of a zstd-compressed tar. */
export async function debian(making: Making): Promise<string> {
  const sources = await hostSources()
  const argv = bootstrapArgv(sources, process.getuid?.() === 0)
  // How it is made does not matter, only what: root and an ordinary user make the same.
  return kept(making.cache, 'debian.tar.zst', debianKey(sources), async (path) => {
    progress(making, 1, `bootstrapping a Debian base (${sources.suite})`)
    const options = {
      env: { SOURCE_DATE_EPOCH: String(EPOCH) },
      signal: making.signal,
      purpose: 'to bootstrap the miniature’s base',
    }
    const pack = programFilter(['zstd', '--quiet', '-3', '-T0'], { signal: making.signal })
    await pipeline(programSource(argv, options), pack, createWriteStream(path))
  })
}

export function debianKey(sources: DebianSources): string {
  return keyOf(bootstrapArgv(sources, true))
}

/** Pure. mmdebstrap's command line; the tar goes to standard output. */
export function bootstrapArgv({ suite, lines }: DebianSources, root: boolean): [string, ...string[]] {
  return [
    'mmdebstrap',
    `--mode=${root ? 'root' : 'unshare'}`,
    '--quiet',
    // What is essential, without apt: nothing is installed later.
    '--variant=essential',
    '--format=tar',
    // Device nodes cannot be unpacked in a user namespace.
    '--skip=output/dev',
    '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
    '--aptopt=APT::Install-Recommends "false"',
    ...UNWANTED.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    `--include=${PACKAGES.join(',')}`,
    suite,
    '-',
    ...lines,
  ]
}
