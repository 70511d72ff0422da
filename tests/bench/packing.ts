/** Packing a tree beside plain `tar | zstd` with the same options on the same files; both are done when all is on disk. */
import { mkdir, rm, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { compressorArgv, parseCompression } from '../../src/artifacts/compression.ts'
import { packTree } from '../../src/artifacts/pack.ts'
import { exportArgv } from '../../src/engine/embedded/tar.ts'
import { openEngine } from '../../src/engine/open.ts'
import { run } from '../../src/system/process.ts'
import { programFilter } from '../../src/system/stream.ts'
import { benchFolder } from './folder.ts'
import { hostFiles } from './host-files.ts'
import { median, timed } from './measure.ts'
import { seconds, times, type Bench } from './table.ts'

/** The promise. */
const MOST = 1.03

const [ROUNDS, BYTES] = [6, 768 * 1024 ** 2]
const EPOCH = 1_700_000_000
const COMPRESSION = parseCompression('zstd')
const THREADS = availableParallelism()

export async function benchPacking(): Promise<Bench> {
  const folder = await benchFolder()
  const [data, plain, out] = [join(folder, 'data'), join(folder, 'plain'), join(folder, 'out')]
  for (const path of [join(data, 'store'), plain, out]) await mkdir(path, { recursive: true })
  const engine = await openEngine('embedded', { data })
  try {
    const files = await hostFiles(BYTES, join(folder, 'list'))
    const tree = await engine.importTree(files.tar())
    // It gives nothing, and ends when the program has.
    await buffer(files.tar().compose(programFilter(['tar', '--extract', '--file=-', '-C', plain])))
    const how = { engine, tree, epoch: EPOCH, compression: COMPRESSION, threads: THREADS, nodes: [], to: out }
    const signal = new AbortController().signal
    const pack = () => packTree({ ...how, name: 'ours', signal })
    const plainly = () => tarAndCompress(plain, join(out, 'plain'))
    // Once before it counts: everything is in memory then, for both.
    for (const way of [plainly, pack]) await way()
    const rounds: Round[] = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await inTurns(plainly, pack, round % 2 === 0))
    const size = (await stat(join(out, 'plain'))).size
    return asTable(rounds, `${files.count} files, ${mebibytes(files.bytes)}, ${mebibytes(size)} packed`)
  } finally {
    await engine.prune([])
    await rm(folder, { recursive: true, force: true })
  }
}

interface Round {
  readonly plain: Once
  readonly ours: Once
}

type Once = Awaited<ReturnType<typeof timed>>

/** One behind the other, so that both meet the same machine; who is first changes, for what the first leaves is the second's. */
async function inTurns(plainly: () => Promise<unknown>, pack: () => Promise<unknown>, plainFirst: boolean) {
  if (plainFirst) return { plain: await timed(plainly), ours: await timed(pack) }
  const ours = await timed(pack)
  return { ours, plain: await timed(plainly) }
}

function asTable(rounds: readonly Round[], what: string): Bench {
  const of = (side: keyof Round, figure: keyof Once) => rounds.map((round) => round[side][figure])
  const row = (name: string, side: keyof Round) => {
    const all = of(side, 'seconds')
    return { name, figures: [seconds(median(all)), seconds(Math.min(...all)), seconds(median(of(side, 'cpu')))] }
  }
  /** Of the two in one round. */
  const paired = (figure: keyof Once) => median(rounds.map(({ ours, plain }) => ours[figure] / plain[figure]))
  const ratio = paired('seconds')
  const leasts = Math.min(...of('ours', 'seconds')) / Math.min(...of('plain', 'seconds'))
  return {
    title: `Packing: ${what}`,
    heads: ['median', 'least', 'CPU'],
    rows: [
      row('tar | zstd, nothing else', 'plain'),
      row('packed, with digests and list', 'ours'),
      {
        name: `packed : tar | zstd, of ${rounds.length} rounds`,
        figures: [times(ratio), times(leasts), times(paired('cpu'))],
      },
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
  const compressor = compressorArgv(COMPRESSION, THREADS) ?? ['cat']
  const script = 'set -o pipefail; to=$1 n=$2; shift 2; "${@:1:n}" | "${@:n+1}" >"$to" && sync "$to"'
  await run(['bash', '-c', script, 'plain', to, String(tar.length), ...tar, ...compressor])
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(0)} MiB`
}
