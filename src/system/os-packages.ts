/** The programs of the host that we run, and the packages that bring them. */
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { readIfThere } from './files.ts'
import { hostEnvironment } from './process.ts'

/** Systems whose package manager we can call. */
export type HostSystem = 'debian' | 'gentoo'

export interface Program {
  readonly name: string
  /** What it is for, to follow "is needed": "for containers". */
  readonly purpose: string
  readonly debian: string
  /** Absent where Gentoo's own repository has none. */
  readonly gentoo?: string
}

const util = (name: string, purpose: string): Program => ({
  name,
  purpose,
  debian: 'util-linux',
  gentoo: 'sys-apps/util-linux',
})

const CONTAINERS = 'for containers'
const PACKING = 'to unpack and pack stages'
const SIGNING = 'for signatures'
const DEMO = 'for the demo'

/** What every host needs for containers, stages and signatures. */
export const PROGRAMS: readonly Program[] = [
  { name: 'bash', purpose: CONTAINERS, debian: 'bash', gentoo: 'app-shells/bash' },
  { name: 'python3', purpose: CONTAINERS, debian: 'python3', gentoo: 'dev-lang/python' },
  util('flock', 'for locks'),
  util('setpriv', 'for locks'),
  { name: 'mount', purpose: CONTAINERS, debian: 'mount', gentoo: 'sys-apps/util-linux' },
  { name: 'script', purpose: 'for shells in containers', debian: 'bsdutils', gentoo: 'sys-apps/util-linux' },
  { name: 'newuidmap', purpose: 'for containers of ordinary users', debian: 'uidmap', gentoo: 'sys-apps/shadow' },
  { name: 'newgidmap', purpose: 'for containers of ordinary users', debian: 'uidmap', gentoo: 'sys-apps/shadow' },
  { name: 'tar', purpose: PACKING, debian: 'tar', gentoo: 'app-arch/tar' },
  { name: 'zstd', purpose: PACKING, debian: 'zstd', gentoo: 'app-arch/zstd' },
  { name: 'xz', purpose: PACKING, debian: 'xz-utils', gentoo: 'app-arch/xz-utils' },
  { name: 'gzip', purpose: PACKING, debian: 'gzip', gentoo: 'app-arch/gzip' },
  { name: 'gpg', purpose: SIGNING, debian: 'gnupg', gentoo: 'app-crypt/gnupg' },
  { name: 'gpgconf', purpose: SIGNING, debian: 'gnupg', gentoo: 'app-crypt/gnupg' },
  { name: 'gpg-agent', purpose: SIGNING, debian: 'gpg-agent', gentoo: 'app-crypt/gnupg' },
  { name: 'git', purpose: 'for repositories', debian: 'git', gentoo: 'dev-vcs/git' },
  { name: 'curl', purpose: 'for downloads', debian: 'curl', gentoo: 'net-misc/curl' },
]

/** What the miniature Gentoo is made with, on top of `PROGRAMS`. */
export const MINIATURE_PROGRAMS: readonly Program[] = [
  { name: 'mmdebstrap', purpose: DEMO, debian: 'mmdebstrap' },
  { name: 'pip3', purpose: DEMO, debian: 'python3-pip', gentoo: 'dev-python/pip' },
]

/** For hosts whose configuration asks for gzip: it packs on all cores. */
export const PIGZ: Program = { name: 'pigz', purpose: 'to pack gzip', debian: 'pigz', gentoo: 'app-arch/pigz' }

/** Keeps repositories as one file each instead of many thousands; without it they take more room and time. */
export const SQFSTAR: Program = {
  name: 'sqfstar',
  purpose: 'to keep repositories small',
  debian: 'squashfs-tools',
  gentoo: 'sys-fs/squashfs-tools',
}

/** Those of `programs` that are nowhere on the PATH that our processes get. */
export async function missingPrograms(
  programs: readonly Program[],
  path: string = hostEnvironment()['PATH'] ?? '',
): Promise<readonly Program[]> {
  const found = await Promise.all(programs.map((program) => findProgram(program.name, path)))
  return programs.filter((_, index) => found[index] === undefined)
}

/** The absolute path of a program, or undefined where it is not installed. */
export async function findProgram(
  name: string,
  path: string = hostEnvironment()['PATH'] ?? '',
): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, name)
    try {
      await access(candidate, constants.X_OK)
      return candidate
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

/** The system we run on, Debian's and Gentoo's derivatives included; undefined for any other. */
export async function hostSystem(osRelease = '/etc/os-release'): Promise<HostSystem | undefined> {
  return systemOf((await readIfThere(osRelease)) ?? '')
}

/** Pure: the text of os-release(5) → the system. */
export function systemOf(osRelease: string): HostSystem | undefined {
  const words = [...osRelease.matchAll(/^(?:ID|ID_LIKE)=(.*)$/gmu)].flatMap(([, value = '']) =>
    value.replace(/^(["'])(.*)\1\s*$/u, '$2').split(/\s+/u),
  )
  if (words.includes('gentoo')) return 'gentoo'
  return words.includes('debian') || words.includes('ubuntu') ? 'debian' : undefined
}

/** The packages that bring these programs, each once, sorted; and the programs that no package of that system brings. */
export function packagesFor(
  system: HostSystem,
  programs: readonly Program[],
): { readonly packages: readonly string[]; readonly without: readonly Program[] } {
  const packages = new Set<string>()
  const without: Program[] = []
  for (const program of programs) {
    const name = program[system]
    if (name === undefined) without.push(program)
    else packages.add(name)
  }
  return { packages: [...packages].toSorted(), without }
}

/** The command that installs packages without a question. */
export function installArgv(system: HostSystem, packages: readonly string[]): [string, ...string[]] {
  if (system === 'gentoo') return ['emerge', '--ask=n', '--noreplace', ...packages]
  return [...apt('install'), '--no-install-recommends', ...packages]
}

/** The command that fetches the lists of packages, where the system keeps such lists. */
export function updateArgv(system: HostSystem): [string, ...string[]] | undefined {
  return system === 'debian' ? apt('update') : undefined
}

/** `env` and not our own environment: sudo drops what it is given. */
function apt(verb: string): [string, ...string[]] {
  return ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '--yes', '-qq', verb]
}
