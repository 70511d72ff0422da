/** Whether what a run is about to make fits on the disk: judged by what the same steps took the last time. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EXIT, UserError } from '../errors.ts'
import { marksToHave } from '../plan/fingerprints.ts'
import type { Resolved } from '../plan/resolved.ts'
import type { Step } from '../plan/step.ts'
import type { Judged } from '../plan/verdict.ts'
import { size } from '../report/size.ts'
import { pointsAt } from '../store/points-at.ts'
import type { StepRecord } from '../store/steps.ts'
import { roomAt, type Room } from '../system/disk.ts'
import type { Run } from './run.ts'
import { valueOf, type PackedValue } from './values.ts'

/** What any work needs: logs, records, working space. */
const LEAST = 32 * 1024 ** 2

/** What a run is judged to need, in bytes. */
export interface Need {
  /** What stays in the data directory. */
  readonly kept: number
  /** The most that one step has in scratch at a time. */
  readonly working: number
}

export interface Shortage {
  readonly room: Room
  readonly needed: number
}

/** How the bytes that a step comes to are told; undefined where they are not known. */
type Measure = (step: Step) => Promise<number | undefined>

/** @param shares whether a copy of a tree takes no room of its own, as finishing a root begins with one */
async function needOf(judged: readonly Judged[], measure: Measure, shares: boolean): Promise<Need> {
  const bytes: number[] = []
  for (const { step, verdict } of judged)
    if (verdict.word !== 'have' && !(shares && step.kind === 'finish')) bytes.push((await measure(step)) ?? 0)
  return { kept: bytes.reduce((sum, one) => sum + one, 0), working: Math.max(0, ...bytes) }
}

/** Bytes that `clean` would free as it is usually called, and at most. */
export interface Freeable {
  readonly usually: number
  readonly atMost: number
}

/** Pure. Where scratch is on the data directory's file system, what is made there is moved and takes its room once. */
export function shortageOf({ kept, working }: Need, data: Room, scratch: Room): Shortage | undefined {
  const needs =
    data.device === scratch.device
      ? [[data, kept]]
      : [
          [data, kept],
          [scratch, working],
        ]
  for (const [room, bytes] of needs as [Room, number][]) {
    const needed = bytes + LEAST
    if (room.free < needed || !room.hasInodes) return { room, needed }
  }
  return undefined
}

/**
 * @param couldFree bytes that `clean` would free; asked only where they are missing
 * @throws UserError `no-room`, before anything is made; what the run could not begin with, where there is room by now
 */
export async function demandRoom(
  judged: readonly Judged[],
  run: Run,
  couldFree: () => Promise<Freeable | undefined>,
): Promise<void> {
  if (judged.every(({ verdict }) => verdict.word === 'have')) return
  const [data, scratch] = await Promise.all([roomAt(run.layout.store), roomAt(run.layout.scratch)])
  const shortage = async (isRough: boolean) => {
    // Machines share packages: each is counted once.
    const counted = new Set<string>()
    const measure: Measure = async (step) => {
      if (step.kind === 'compile') return bytesOfPackages(step, judged, run, counted)
      return (
        (isRough ? await mostOfTree(step, run) : undefined) ?? (await bytesOfLast(step, run)) ?? bytesOfSeed(step, run)
      )
    }
    return shortageOf(await needOf(judged, measure, data.shares), data, scratch)
  }
  // Looking at every file of large trees takes a while: where there is room enough in any case, that is not done.
  const found = (await shortage(true)) && (await shortage(false))
  // Room may have come meanwhile, but the run did not begin as it should.
  if (found === undefined && run.full !== undefined) throw run.full
  if (found === undefined) return
  throw noRoom(found, await couldFree().catch(() => undefined))
}

function noRoom({ room, needed }: Shortage, freed: Freeable | undefined): UserError {
  const where = `The file system of ${room.path}`
  const message = room.hasInodes
    ? `${where} has ${size(room.free)} free, and this run is judged to need ${size(needed)}: about ${size(needed - room.free)} are missing. Nothing was begun.`
    : `${where} can hold no more files, whatever their size. Nothing was begun.`
  const hint = `make room there${freed === undefined ? '' : `; ${freedWords(freed)}`}`
  return new UserError('no-room', message, { exit: EXIT.buildFailed, hint })
}

function freedWords({ usually, atMost }: Freeable): string {
  if (atMost === 0) return 'gentoomuch clean finds nothing that could go'
  const more = `gentoomuch clean --keep 1 --older 0d about ${size(atMost)}`
  if (usually === 0) return `gentoomuch clean would free nothing, ${more}`
  return `gentoomuch clean would free about ${size(usually)}${atMost > usually ? `, ${more}` : ''}`
}

/** No tree of a machine is larger than so many of its compressed tarballs. */
const MOST_TARBALLS = 12

/** More than the root of a machine takes, judged by its last tarball; undefined for other steps. */
async function mostOfTree({ kind, id }: Step, run: Run): Promise<number | undefined> {
  if (kind !== 'root' && kind !== 'finish') return undefined
  const tarball = await bytesOfLast({ id: id.replace(kind, 'pack') }, run)
  return tarball === undefined ? undefined : tarball * MOST_TARBALLS
}

/** A stage3 takes about so many times its compressed size. */
const UNPACKED = 5

/** What a stage3 comes to that was never unpacked here, judged by its tarball; undefined for other steps. */
async function bytesOfSeed({ kind, input }: Step, { layout }: Run): Promise<number | undefined> {
  if (kind !== 'seed') return undefined
  const { sha512, name } = input as { readonly sha512: string; readonly name: string }
  const tarball = await stat(join(layout.seeds, sha512, name)).catch(() => undefined)
  return tarball === undefined ? undefined : tarball.size * UNPACKED
}

/** What a step left on disk the last time; undefined where that is not known any more. */
export async function bytesOfLast({ id }: Pick<Step, 'id'>, run: Run): Promise<number | undefined> {
  const last = await run.steps.lastRun(id)
  const record = last === undefined ? undefined : await run.steps.find(last.key)
  return record === undefined ? undefined : bytesOf(record, run)
}

/** Packages that an answer lacks, as large as they were when they were compiled last. @param counted fingerprints; grows */
async function bytesOfPackages(
  { parents }: Step,
  judged: readonly Judged[],
  run: Run,
  counted: Set<string>,
): Promise<number> {
  const resolved = judged.find(({ step }) => step.id === parents['resolved'])?.verdict
  if (resolved?.word !== 'have') return 0
  let bytes = 0
  for (const [cpv, mark] of marksToHave(valueOf<Resolved>(resolved.output))) {
    if (counted.has(mark) || (await run.packages.find(mark)) !== undefined) continue
    counted.add(mark)
    bytes += run.durations.package(cpv)?.bytes ?? 0
  }
  return bytes
}

async function bytesOf(record: StepRecord, run: Run): Promise<number> {
  if (record.kind === 'pack') return valueOf<PackedValue>(record.output).packed.tarball.bytes
  let bytes = 0
  for (const tree of pointsAt(record).trees) {
    // What is below the last layer is another step's.
    const own = { ...tree, layers: tree.layers.slice(-1) }
    if (await run.openEngine.has(own)) bytes += await run.openEngine.sizeOf(own)
  }
  return bytes
}
