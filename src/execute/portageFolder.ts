/** A composed `/etc/portage` as a folder of the host, to be mounted into a container. */
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PortageDirectory } from '../portage/model.ts'

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
    const clock = `[[ \${EBUILD_PHASE_FUNC} == pkg_* ]] && export SOURCE_DATE_EPOCH=${options.buildTime}\n`
    files.set('bashrc', { path: 'bashrc', bytes: clock + (bashrc?.bytes ?? ''), executable: false })
  }
  await mkdir(folder, { recursive: true })
  for (const file of files.values()) {
    const path = join(folder, file.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, Buffer.from(file.bytes, 'latin1'))
    await chmod(path, file.executable ? 0o755 : 0o644)
  }
  await symlink(profilePath(portage, options), join(folder, 'make.profile'))
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
