/** The starter configuration: path → text, with what is known about this host put in. */
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../system/project.ts'
import { cpuPiece, type HostCpu } from './cpu-piece.ts'

const STARTER = join(projectRoot(), 'src/workbench/starter')

export const BUILDER = 'stage3.defines/gentoomuch/builder'

export interface Host {
  /** Gentoo's name of the architecture. */
  readonly arch: string
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly cpu: HostCpu | undefined
}

/** The piece that the builder and the example are compiled with. */
export function cpuNameOf(host: Host): string {
  return host.cpu?.march ?? 'generic'
}

export async function starterFiles(host: Host): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const path of await pathsIn(STARTER))
    files.set(path === 'gitignore' ? '.gitignore' : path, await readFile(join(STARTER, path), 'utf8'))
  for (const define of [BUILDER, 'stage3.defines/example']) files.set(`${define}/cpu`, `${cpuNameOf(host)}\n`)
  if (host.cpu !== undefined)
    for (const [path, text] of Object.entries(cpuPiece(host.cpu)))
      files.set(`cpu.defines/${host.cpu.march}/${path}`, text)
  for (const name of ['arch', 'uid', 'gid'] as const)
    if (host[name] !== undefined) files.set(`env/${name}`, `${host[name]}\n`)
  return files
}

/** What the example machine is made of. */
export function isExample(path: string): boolean {
  return /(^|\/)(example|minimal)(\/|$)/.test(path)
}

/** What the builder is made of. */
export function isBuilder(path: string): boolean {
  return /(^|\/)gentoomuch[-/]builder(\/|$)/.test(path)
}

async function pathsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted()
}
