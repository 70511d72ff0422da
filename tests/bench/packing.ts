/** Packing a tree beside plain `tar | zstd` with the same options on the same files; both are done when all is on disk. */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { compressorArgv, parseCompression } from '../../src/artifacts/compression.ts'
import { packTree } from '../../src/artifacts/pack.ts'
import { exportArgv } from '../../src/engine/embedded/tar.ts'
import { openEngine } from '../../src/engine/open.ts'
import { run } from '../../src/system/process.ts'
import { programFilter } from '../../src/system/stream.ts'
import { hostFiles } from './host-files.ts'
import { median } from './measure.ts'
import { seconds, times, type Bench } from './table.ts'

/** The promise. */
const MOST = 1.03

const [ROUNDS, BYTES] = [4, 768 * 1024 ** 2]
const EPOCH = 1_700_000_000
const COMPRESSION = parseCompression('zstd')

export async function benchPacking(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'gm-bench-'))
  const [data, plain, out] = [join(folder, 'data'), join(folder, 'plain'), join(folder, 'out')]
  for (const path of [join(data, 'store'), plain, out]) await mkdir(path, { recursive: true })
  const engine = await openEngine('embedded', { data })
  try {
    const files = await hostFiles(BYTES, join(folder, 'list'))
    const tree = await engine.importTree(files.tar())
    // It gives nothing, and ends when the program has.
    await buffer(files.tar().compose(programFilter(['tar', '--extract', '--file=-', '-C', plain])))
    const packed = () =>
      timed(async () => {
        const signal = new AbortController().signal
        await packTree({
          engine,
          tree,
          epoch: EPOCH,
          compression: COMPRESSION,
          threads: availableParallelism(),
          nodes: [],
          to: out,
          name: 'ours',
          signal,
        })
      })
    const plainly = () => timed(() => tarAndCompress(plain, join(out, 'plain')))
    const [ours, theirs]: [number[], number[]] = [[], []]
    // Once before it counts: everything is in memory then, for both.
    await plainly()
    await packed()
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(await plainly())
      ours.push(await packed())
    }
    const size = (await stat(join(out, 'plain'))).size
    return asTable(ours, theirs, `${files.count} files, ${mebibytes(files.bytes)}, ${mebibytes(size)} packed`)
  } finally {
    await engine.prune([])
    await rm(folder, { recursive: true, force: true })
  }
}

function asTable(ours: readonly number[], theirs: readonly number[], what: string): Bench {
  const ratio = median(ours) / median(theirs)
  const leasts = Math.min(...ours) / Math.min(...theirs)
  const row = (name: string, all: readonly number[]) => ({
    name,
    figures: [seconds(median(all)), seconds(Math.min(...all))],
  })
  return {
    title: `Packing: ${what}`,
    heads: ['median', 'least'],
    rows: [
      row('tar | zstd, nothing else', theirs),
      row('packed, with digests and list', ours),
      { name: 'packed : tar | zstd', figures: [times(ratio), times(leasts)] },
    ],
    // On a machine with other work one of the two may be chance.
    broken:
      Math.min(ratio, leasts) <= MOST
        ? []
        : [`packing takes ${times(ratio)} tar | zstd, and not at most ${times(MOST)}`],
  }
}

/** As one does it by hand: tar's own size of blocks, a pipe, a file. */
async function tarAndCompress(folder: string, to: string): Promise<void> {
  const tar = exportArgv(folder, EPOCH).filter((word) => !word.startsWith('--blocking-factor'))
  const compressor = compressorArgv(COMPRESSION, availableParallelism()) ?? ['cat']
  const script = 'set -o pipefail; to=$1 n=$2; shift 2; "${@:1:n}" | "${@:n+1}" >"$to" && sync "$to"'
  await run(['bash', '-c', script, 'plain', to, String(tar.length), ...tar, ...compressor])
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1000
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(0)} MiB`
}
