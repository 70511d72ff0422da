/** The ebuild repository as it is published: with its manifests, metadata cache, distfiles and snapshot. */
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TreeRef } from '../src/engine/engine.ts'
import { baseKey, type Base } from './base.ts'
import { copyAll } from './copy.ts'
import { digestOfFolder, keyOf } from './content.ts'
import { kept } from './kept.ts'
import { ENVIRONMENT, progress, RECIPE_MOUNT, recipe, runScript, type Making } from './making.ts'

export async function repositoryKey(): Promise<string> {
  const folders = await Promise.all(['repository', 'sources'].map((name) => digestOfFolder(recipe(name))))
  return keyOf([await baseKey(), folders, await readFile(recipe('recipe', 'repository.sh'), 'utf8')])
}

/** A folder with `gentoo`, `distfiles` and `snapshots` in it. */
export async function completeRepository(making: Making, base: Base): Promise<string> {
  return kept(making.cache, 'repository', await repositoryKey(), async (path) =>
    complete(making, await base.tree(), path),
  )
}

async function complete(making: Making, tree: TreeRef, path: string): Promise<void> {
  progress(making, 3, 'completing the ebuild repository')
  const container = await making.engine.open({
    tree,
    mounts: [
      RECIPE_MOUNT,
      { source: recipe('repository'), target: '/run/in/repository', readOnly: true },
      { source: recipe('sources'), target: '/run/in/sources', readOnly: true },
    ],
    folders: ['/out'],
    tmpfs: [],
    env: ENVIRONMENT,
    network: false,
  })
  try {
    await runScript(making, container, 'repository.sh')
    const files = await container.keepFiles('/out')
    await copyAll(files.path, path, making.signal)
    await rm(files.path, { recursive: true })
  } finally {
    await container.close()
  }
}

/** Categories whose packages make up @system. */
const SYSTEM = ['app-arch', 'app-shells', 'sys-apps', 'sys-libs', 'virtual']

/**
 * The part of a complete repository that the seed is merged from, copied to `into`: a change to any other package does
 * not make another seed.
 */
export async function systemPart(repository: string, into: string): Promise<void> {
  const from = join(repository, 'gentoo')
  const to = join(into, 'gentoo')
  const copy = (path: string) => cp(join(from, path), join(to, path), { recursive: true, preserveTimestamps: true })
  await mkdir(join(into, 'distfiles'), { recursive: true })
  for (const path of ['eclass', 'licenses', 'metadata/layout.conf', 'profiles']) await copy(path)
  // It lists the flags of all packages.
  await rm(join(to, 'profiles/use.local.desc'), { force: true })
  for (const category of SYSTEM) {
    await copy(category)
    await copy(`metadata/md5-cache/${category}`)
    for (const name of await readdir(join(from, category))) await copyDistfiles(repository, into, name)
  }
}

async function copyDistfiles(repository: string, into: string, name: string): Promise<void> {
  const files = (await readdir(join(repository, 'distfiles'))).filter((file) => distfileOf(file) === name)
  for (const file of files) await cp(join(repository, 'distfiles', file), join(into, 'distfiles', file))
}

/** Pure. The package that a distfile belongs to: `greet` for `greet-1.0.tar.xz`. */
export function distfileOf(file: string): string | undefined {
  return /^(.+)-[0-9][^-]*\.tar\.xz$/.exec(file)?.[1]
}
