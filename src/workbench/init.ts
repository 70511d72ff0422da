/** init: a starter configuration, and the data directory's folders. It overwrites nothing, ever. */
import { availableParallelism } from 'node:os'
import { constants } from 'node:fs'
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../errors.ts'
import { layoutOf } from '../store/layout.ts'
import { projectRoot } from '../system/project.ts'

const STARTER = join(projectRoot(), 'src/workbench/starter')

/** Node's names of architectures → Gentoo's. */
const ARCHES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  ia32: 'x86',
  riscv64: 'riscv',
  ppc64: 'ppc64',
  s390x: 's390',
  loong64: 'loong',
}

export interface Initialised {
  readonly config: string
  readonly data: string
  /** Files written now, relative to the configuration directory. */
  readonly written: readonly string[]
  /** Files that were there and stay as they are. */
  readonly kept: readonly string[]
}

export interface InitOptions {
  /** Whether to add the example machine (default); a configuration that has machines of its own needs none. */
  readonly example?: boolean
  /** Files that take the place of the starter's: path in the configuration → text. */
  readonly own?: Readonly<Record<string, string>>
}

export async function init(
  config: string,
  data: string,
  { example = true, own = {} }: InitOptions = {},
): Promise<Initialised> {
  const arch = ARCHES[process.arch]
  if (arch === undefined)
    throw new UserError(
      'unknown-architecture',
      `There is no Gentoo name known for this host's architecture ${process.arch}.`,
    )
  const written: string[] = []
  const kept: string[] = []
  const put = async (path: string, write: (target: string) => Promise<void>) => {
    const target = join(config, path)
    await mkdir(dirname(target), { recursive: true })
    try {
      await write(target)
      written.push(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      kept.push(path)
    }
  }
  for (const [path, text] of Object.entries(own)) await put(path, (target) => writeFile(target, text, { flag: 'wx' }))
  const isExample = (path: string) => /(^|\/)(example|minimal)(\/|$)/.test(path)
  for (const path of (await filesOf(STARTER)).filter(
    (name) => (example || !isExample(name)) && own[name] === undefined,
  ))
    await put(path === 'gitignore' ? '.gitignore' : path, (target) =>
      copyFile(join(STARTER, path), target, constants.COPYFILE_EXCL),
    )
  for (const [name, value] of [
    ['arch', arch],
    ['jobs', String(availableParallelism())],
  ] as const)
    // prettier-ignore
    await put(`env/${name}`, (target) => writeFile(target, `${value}\n`, { flag: 'wx' }))
  const layout = layoutOf(data)
  for (const folder of [layout.stages, layout.logs, layout.distfiles]) await mkdir(folder, { recursive: true })
  return { config, data, written: written.toSorted(), kept: kept.toSorted() }
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}
