/** init: a starter configuration, and the data directory's folders. It overwrites nothing, ever. */
import { lstat, readdir, realpath, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { UserError } from '../errors.ts'
import { layoutOf } from '../store/layout.ts'
import { hostArch } from '../system/arch.ts'
import { detectCpu } from './cpu.ts'
import { BUILDER, cpuNameOf, isBuilder, isExample, starterFiles, type Host } from './starter.ts'
import { makeFolder, NoFolder } from '../system/files.ts'

export interface Initialised {
  readonly config: string
  readonly data: string
  /** Files written now, relative to the configuration directory. */
  readonly written: readonly string[]
  /** Files that were there and stay as they are. */
  readonly kept: readonly string[]
  /** The CPU piece that the builder and the example name. */
  readonly cpu: string
  /** What is worth knowing, a sentence each. */
  readonly notes: readonly string[]
  /** Whether the configuration lies in a git repository. */
  readonly inGit: boolean
}

export interface InitOptions {
  /** Whether to add the example machine (default), where no machine is there yet. */
  readonly example?: boolean
  /** Whether to look at this host's CPU and to add its piece (default). */
  readonly hostCpu?: boolean
  /** Files that take the place of the starter's: path in the configuration → text; null: the starter's is left out. */
  readonly own?: Readonly<Record<string, string | null>>
}

export async function init(
  config: string,
  data: string,
  { example = true, hostCpu = true, own = {} }: InitOptions = {},
): Promise<Initialised> {
  const { host, notes } = await lookAtHost(hostCpu)
  const there = await Existing.in(config)
  const kept: string[] = []
  const wanted: (readonly [path: string, text: string])[] = []
  for (const [path, text] of mergeOwn(await starterFiles(host), own)) {
    if (!example && isExample(path)) continue
    const spelt = there.spelling(path)
    if (own[path] !== undefined || !there.hasDefinition(path)) wanted.push([spelt, text])
    else if (await isThere(join(config, spelt))) kept.push(spelt)
  }
  const written: string[] = []
  for (const [path, text] of wanted) {
    const isNew = await writeNew(config, path, text)
    const list = isNew ? written : kept
    list.push(path)
  }
  const layout = layoutOf(data)
  for (const folder of [layout.stages, layout.logs, layout.distfiles]) await makeFolder(folder)
  return {
    config,
    data,
    written: written.toSorted(),
    kept: kept.toSorted(),
    cpu: cpuNameOf(host),
    notes,
    inGit: await isInGit(config),
  }
}

async function lookAtHost(hostCpu: boolean): Promise<{ host: Host; notes: string[] }> {
  const arch = hostArch()
  if (arch === undefined)
    throw new UserError(
      'unknown-architecture',
      `There is no Gentoo name known for this host's architecture ${process.arch}.`,
    )
  const found = hostCpu ? await detectCpu(arch) : undefined
  const cpu = found === undefined || 'unknown' in found ? undefined : found
  const notes =
    found !== undefined && 'unknown' in found
      ? [`This host's CPU has no piece of its own (${found.unknown}); the builder takes cpu.defines/generic.`]
      : []
  const host = { arch, uid: process.getuid?.(), gid: process.getgid?.(), cpu }
  return { host, notes }
}

function mergeOwn(
  starter: ReadonlyMap<string, string>,
  own: Readonly<Record<string, string | null>>,
): (readonly [string, string])[] {
  const merged = new Map<string, string | null>([...starter, ...Object.entries(own)])
  return [...merged].flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]))
}

/** What a configuration has already, seen before anything is written. */
class Existing {
  private readonly paths: ReadonlySet<string>

  private constructor(paths: ReadonlySet<string>) {
    this.paths = paths
  }

  static async in(config: string): Promise<Existing> {
    const paths = new Set<string>()
    const add = async (folder: string, depth: number): Promise<void> => {
      const names = await readdir(join(config, folder)).catch(() => [])
      for (const name of names) {
        const path = join(folder, name)
        paths.add(path)
        if (depth > 1 && !name.startsWith('.')) await add(path, depth - 1)
      }
    }
    await add('.', 3)
    return new Existing(paths)
  }

  /** `stage3.defines/…` is `stage3-defines/…` where that is the spelling in use. */
  spelling(path: string): string {
    const [top = '', ...below] = path.split('/')
    const dashed = top.startsWith('.') ? top : top.replace('.', '-')
    return !this.paths.has(top) && this.paths.has(dashed) ? [dashed, ...below].join('/') : path
  }

  /**
   * Whether a file belongs to a definition that is there: a file more would change what it means. The example is wanted
   * where there is no machine, what the builder names where there is no builder.
   */
  hasDefinition(path: string): boolean {
    if (/(^|\/)README\.md$/.test(path)) return false
    if (isExample(path)) return this.hasMachine()
    const builders = [BUILDER, BUILDER.replace('gentoomuch/builder', 'gentoomuch-builder')]
    if (isBuilder(path)) return builders.some((builder) => this.paths.has(this.spelling(builder)))
    const [top = '', name = ''] = path.split('/')
    return /^(cpu\.defines|portage\.global)$/.test(top) && this.paths.has(this.spelling(`${top}/${name}`))
  }

  private hasMachine(): boolean {
    const folder = `${this.spelling('stage4.defines')}/`
    return [...this.paths].some((path) => path.startsWith(folder) && !/^(\.|README)/.test(path.slice(folder.length)))
  }
}

/** Writes a file that is not there. @returns false where something is in its place, or its folder is somewhere else */
async function writeNew(config: string, path: string, text: string): Promise<boolean> {
  const target = join(config, path)
  await makeFolder(config)
  try {
    if (!(await isInside(config, dirname(target)))) return false
    await makeFolder(dirname(target))
    await writeFile(target, text, { flag: 'wx' })
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (error instanceof NoFolder) return false
    if (['EEXIST', 'ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR'].includes(code)) return false
    throw error
  }
}

/** Whether a folder is, or would be, inside another one, links followed. */
async function isInside(config: string, folder: string): Promise<boolean> {
  const root = await realpath(config)
  for (let at = folder; ; at = dirname(at)) {
    const real = await realpath(at).catch(() => undefined)
    if (real !== undefined) return real === root || real.startsWith(`${root}${sep}`)
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

async function isInGit(config: string): Promise<boolean> {
  for (let folder = config; ; folder = dirname(folder)) {
    if (await isThere(join(folder, '.git'))) return true
    if (dirname(folder) === folder) return false
  }
}
