/** pack: the finished tree as a tarball that is the same every time, with its lists. */
import { join } from 'node:path'
import { parseCompression } from '../artifacts/compression.ts'
import { writeDigests } from '../artifacts/digests.ts'
import { parseNodes } from '../artifacts/nodes.ts'
import { packTree } from '../artifacts/pack.ts'
import { canonical, digestOf, type Json } from '../plan/json.ts'
import { exists, writeWhole } from '../system/files.ts'
import { hashFile } from '../system/hash.ts'
import { replaceFolder } from '../system/move.ts'
import type { Handler } from './handler.ts'
import {
  asValue,
  epochOf,
  inputOf,
  parent,
  valueOf,
  type PackedValue,
  type RootValue,
  type TreeValue,
} from './values.ts'

interface PackInput {
  readonly arch: string
  readonly name: string
  readonly compression: string
  readonly nodes?: string
  readonly sources: Json
}

export const pack: Handler = {
  recipe: { version: 3 },

  async present(output, _work, tools) {
    const { folder, packed } = valueOf<PackedValue>(output)
    return exists(join(tools.layout.packed, folder, packed.tarball.name))
  },

  async isWhole(output, _work, tools) {
    const { folder, packed } = valueOf<PackedValue>(output)
    const files = [packed.tarball, packed.contents]
    const sums = files.map(({ name }) => hashFile(join(tools.layout.packed, folder, name), 'sha512').catch(() => ''))
    return (await Promise.all(sums)).every((sum, n) => sum === files[n]?.sha512)
  },

  wish: () => Promise.resolve({ jobs: 1, claims: [] }),

  async run(work, tools) {
    const input = inputOf<PackInput>(work)
    const epoch = epochOf(work)
    const folder = await tools.folder()
    const packed = await packTree({
      engine: tools.engine,
      tree: valueOf<TreeValue>(parent(work, 'tree')).tree,
      epoch,
      compression: parseCompression(input.compression),
      // Like make's: one that compresses alone leaves no core idle.
      threads: tools.allJobs,
      // Its mistakes were reported with file and line before the plan was made.
      nodes: parseNodes(input.nodes ?? '').nodes,
      to: folder,
      name: `stage4-${input.arch}-${input.name}-${timestamp(epoch)}`,
      signal: tools.signal,
      onBytes: everyStep((step) => tools.progress(`${step * PROGRESS_MIB} MiB written`)),
    })
    const { packages } = valueOf<RootValue>(parent(work, 'packages'))
    await writeWhole(join(folder, `${packed.tarball.name}.packages`), packages.map((cpv) => `${cpv}\n`).join(''))
    await writeWhole(join(folder, `${packed.tarball.name}.sources`), sourcesText(input.sources))
    await writeDigests(folder, packed.tarball, packed.contents)
    await replaceFolder(folder, join(tools.layout.packed, work.key))
    const value: PackedValue = { folder: work.key, packed, packages, epoch }
    return {
      digest: digestOf({ tarball: packed.tarball.sha512, name: packed.tarball.name }),
      value: asValue(value),
      summary: packed.tarball.name,
    }
  },
}

/** Sorted, a fact a line. */
function sourcesText(sources: Json): string {
  return `${JSON.stringify(JSON.parse(canonical(sources)), null, 2)}\n`
}

/** How much of the tarball is written between two lines of progress. */
const PROGRESS_MIB = 16

function everyStep(tell: (step: number) => void): (bytes: number) => void {
  let told = 0
  return (bytes) => {
    const step = Math.floor(bytes / 1024 / 1024 / PROGRESS_MIB)
    if (step > told) tell((told = step))
  }
}

/** `20260101T000000Z`, as upstream writes it. */
export function timestamp(epoch: number): string {
  return new Date(epoch * 1000).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}
