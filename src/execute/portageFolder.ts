/** A composed `/etc/portage` as a folder of the host, to be mounted into a container. */
import { chmod, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PortageDirectory } from '../portage/model.ts'
import { SOURCE_EPOCH } from './environment.ts'
import { makeFolder } from '../system/files.ts'

export interface FolderOptions {
  /** Where `make.profile` points when no piece names a profile: the seed's own, an absolute path inside. */
  readonly seedProfile: string
  /** Where each repository stands inside. */
  readonly locations: Readonly<Record<string, string>>
  /** Brought in for pkg_* phases, which take the time from nowhere else (see environment.ts). */
  readonly buildTime?: number | undefined
}

export async function writePortageFolder(
  folder: string,
  portage: PortageDirectory,
  options: FolderOptions,
): Promise<void> {
  const files = new Map(portage.files.map((file) => [file.path, file]))
  if (options.buildTime !== undefined) {
    const bashrc = files.get('bashrc')
    const clock = clockLines(options.buildTime)
    files.set('bashrc', { path: 'bashrc', bytes: clock + (bashrc?.bytes ?? ''), executable: false })
  }
  await makeFolder(folder)
  for (const file of files.values()) {
    const path = join(folder, file.path)
    await makeFolder(dirname(path))
    await writeFile(path, Buffer.from(file.bytes, 'latin1'))
    await chmod(path, file.executable ? 0o755 : 0o644)
  }
  await symlink(profilePath(portage, options), join(folder, 'make.profile'))
}

/**
 * Each phase gets its time by name. Portage saves the environment after pkg_setup and loads it in the src_* phases, so what
 * pkg_setup has is what the sources are built with; and a binary package's saved environment is loaded when it is merged.
 */
export function clockLines(now: number): string {
  return [
    'case $EBUILD_PHASE_FUNC in',
    `	pkg_pretend|pkg_setup|src_*) export SOURCE_DATE_EPOCH=${SOURCE_EPOCH} ;;`,
    `	pkg_*) export SOURCE_DATE_EPOCH=${now} ;;`,
    'esac',
    '',
  ].join('\n')
}

/** `gentoo:default/linux/amd64/23.0` → `/var/db/repos/gentoo/profiles/default/linux/amd64/23.0`. */
export function profilePath(
  portage: PortageDirectory,
  options: Pick<FolderOptions, 'seedProfile' | 'locations'>,
): string {
  if (portage.profile === undefined) return options.seedProfile
  const [repository = '', ...path] = portage.profile.split(':')
  const location = options.locations[repository] ?? `/var/db/repos/${repository}`
  return join(location, 'profiles', path.join(':'))
}
