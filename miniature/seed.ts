/** The stage3: the base with @system merged, as a tarball. */
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { TreeRef } from '../src/engine/engine.ts'
import { programFilter, programSource } from '../src/system/stream.ts'
import { baseKey, type Base } from './base.ts'
import { digestOfFolder, keyOf } from './content.ts'
import { kept } from './kept.ts'
import { ENVIRONMENT, progress, RECIPE_MOUNT, recipe, runScript, type Making } from './making.ts'
import { CONTENTS, EPOCH, STAGE3 } from './pins.ts'
import { systemPart } from './repository.ts'

/** The scripts that make the seed, and the name it gets. */
export async function seedKey(): Promise<string> {
  const scripts = ['seed.sh', 'settle.py'].map((name) => readFile(recipe('recipe', name), 'utf8'))
  return keyOf([await baseKey(), await Promise.all(scripts), STAGE3, CONTENTS])
}

/** A folder with the tarball and its CONTENTS.gz. @param repository the complete one */
export async function seed(making: Making, base: Base, repository: string): Promise<string> {
  const part = await mkdtemp(join(tmpdir(), 'gm-seed-'))
  try {
    await systemPart(repository, part)
    const key = keyOf([await seedKey(), await digestOfFolder(part)])
    return await kept(making.cache, 'seed', key, async (path) => make(making, await base.tree(), part, path))
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

async function make(making: Making, base: TreeRef, part: string, path: string): Promise<void> {
  progress(making, 4, 'merging @system')
  const container = await making.engine.open({
    tree: base,
    mounts: [
      RECIPE_MOUNT,
      { source: join(part, 'gentoo'), target: '/var/db/repos/gentoo', readOnly: true },
      { source: join(part, 'distfiles'), target: '/run/in/distfiles', readOnly: true },
    ],
    folders: [],
    tmpfs: [],
    env: ENVIRONMENT,
    network: false,
  })
  try {
    await runScript(making, container, 'seed.sh', (line) => tellMerge(making, line))
    const tree = await container.keepTree('/')
    progress(making, 5, 'packing the stage3')
    await pack(making, tree, path)
    await making.engine.remove(tree, [base])
  } finally {
    await container.close()
  }
}

/** `>>> Emerging (3 of 16) sys-libs/glibc-1::gentoo` */
function tellMerge(making: Making, line: string): void {
  const [, count, name] = /^>>> Emerging \((\d+ of \d+)\) (\S+)::/.exec(line) ?? []
  if (count !== undefined) progress(making, 4, `merging @system: ${name} (${count})`)
}

async function pack({ engine, signal }: Making, tree: TreeRef, folder: string): Promise<void> {
  await mkdir(folder)
  const tarball = join(folder, STAGE3)
  const options = { signal, purpose: 'to pack the stage3' }
  // Two threads or more give the same bytes on every host; level 0, since it is unpacked more often than kept.
  const xz = programFilter(['xz', '-0', '-T2'], options)
  await pipeline(await engine.exportTree(tree, { epoch: EPOCH }), xz, createWriteStream(tarball))
  const list = programSource(['tar', '--list', '--verbose', '--numeric-owner', '--utc', '--file', tarball], options)
  const gzip = programFilter(['gzip', '-9', '-n'], options)
  await pipeline(list, gzip, createWriteStream(join(folder, CONTENTS)))
}
