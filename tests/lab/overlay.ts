/** The lab's repository as files, path → text. Pure. */
import { ebuild } from './ebuild.ts'

export interface Fillers {
  /** Packages that every machine has. */
  readonly shared: readonly string[]
  /** Packages of each machine alone. */
  readonly own: readonly (readonly string[])[]
}

/**
 * Of `packages` packages of a machine the last tenth are its own.
 * @param packages how many a machine gets from the lab
 * @param own how many of them are its own, where not a tenth
 */
export function fillers(packages: number, machines: number, own = tenth(packages, machines)): Fillers {
  const name = (stem: string, index: number) => `app-filler/${stem}${String(index + 1).padStart(3, '0')}`
  return {
    shared: Array.from({ length: packages - own }, (_, index) => name('shared', index)),
    own: Array.from({ length: machines }, (_, machine) =>
      Array.from({ length: own }, (_unused, index) => name(`own${machine + 1}x`, index)),
    ),
  }
}

function tenth(packages: number, machines: number): number {
  return machines < 2 ? 0 : Math.ceil(packages / 10)
}

export function repositoryFiles(packages: Fillers): Record<string, string> {
  return {
    'profiles/repo_name': 'lab\n',
    'profiles/eapi': '8\n',
    'profiles/categories': 'app-filler\napp-lab\ndev-lab\nvirtual\n',
    'metadata/layout.conf':
      'masters = gentoo\nthin-manifests = true\nsign-manifests = false\ncache-formats = md5-dict\nprofile-formats = portage-2\n',
    ...profiles(),
    ...Object.fromEntries(
      [...packages.shared, ...packages.own.flat()].map((name) => [ebuildPath(name, '1.0'), ebuild()]),
    ),
  }
}

export function ebuildPath(name: string, version: string): string {
  return `${name}/${name.split('/')[1]}-${version}.ebuild`
}

/** Of the miniature's @system what no root of the lab needs: everything but the libraries and a shell. */
const NOT_NEEDED =
  'app-arch/gzip app-arch/tar sys-apps/gawk sys-apps/grep sys-apps/sed sys-apps/shadow sys-apps/util-linux sys-libs/timezone-data virtual/service-manager'

/** `lab:small` has a small @system; `lab:marked` is that with a flag more. */
function profiles(): Record<string, string> {
  return {
    'profiles/small/eapi': '8\n',
    'profiles/small/parent': 'gentoo:default/linux/amd64/miniature\n',
    'profiles/small/packages': NOT_NEEDED.split(' ')
      .map((name) => `-*${name}\n`)
      .join(''),
    'profiles/marked/eapi': '8\n',
    'profiles/marked/parent': '../small\n',
    'profiles/marked/make.defaults': 'USE="marked"\n',
  }
}
