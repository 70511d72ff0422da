/** Why a machine's steps run, and why a package is in it: as data. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import { suggest } from '../../config/names.ts'
import { UserError } from '../../errors.ts'
import type { Run } from '../../execute/run.ts'
import { askersOf, chainsTo, type Chain, type Link } from '../../plan/chains.ts'
import { packageChanges, type Identified } from '../../plan/package-changes.ts'
import type { ResolvedPackage } from '../../plan/resolved.ts'
import type { Judged } from '../../plan/verdict.ts'
import { visible } from '../../visible.ts'
import { isMeant } from '../logs/package-logs.ts'
import { plannedMachine, type PlannedMachine } from './planned.ts'

/** A package to be compiled. */
export interface Lacking {
  readonly cpv: string
  /** Undefined for one of which nothing like it was built for this machine. */
  readonly changes: readonly string[] | undefined
}

export interface WhyMachine {
  readonly judged: readonly Judged[]
  /** Undefined where that is known only once the builder is made. */
  readonly lacking: readonly Lacking[] | undefined
}

export interface WhyPackage {
  readonly entry: ResolvedPackage
  /** Undefined for what the builder has. */
  readonly fingerprint: string | undefined
  /** In the store: bytes, when it was compiled (epoch milliseconds), how long such a package takes to compile. */
  readonly stored: { readonly bytes: number; readonly at: number; readonly seconds: number | undefined } | undefined
  readonly chains: readonly Chain[]
  readonly askers: readonly Link[]
  readonly changes: readonly string[] | undefined
}

export async function whyMachine(config: Config, lock: Lock, name: string, run: Run): Promise<WhyMachine> {
  const planned = await plannedMachine(config, lock, name, run)
  return { judged: planned.judged, lacking: planned.now && (await lackingOf(planned.now, planned, run)) }
}

async function lackingOf(now: Identified, { before }: PlannedMachine, run: Run): Promise<Lacking[]> {
  const found = new Map<string, Lacking>()
  for (const entry of now.resolved.packages) {
    const mark = now.marks.get(entry.id)
    if (mark === undefined || found.has(mark) || (await run.packages.find(mark)) !== undefined) continue
    const changes = before && packageChanges(entry, now, before)
    found.set(mark, { cpv: entry.cpv, changes })
  }
  return [...found.values()]
}

/** @throws UserError `unknown-package`, `not-resolved` */
export async function whyPackage(
  config: Config,
  lock: Lock,
  { machine, word }: { readonly machine: string; readonly word: string },
  run: Run,
): Promise<WhyPackage[]> {
  const { now, before } = await plannedMachine(config, lock, machine, run)
  if (now === undefined)
    throw new UserError('not-resolved', `What ${machine} is made of is known once its builder is made.`, {
      hint: `gentoomuch pipeline ${machine}, or profile update to make the builder alone`,
    })
  const { packages } = now.resolved
  const meant = packages.filter(({ cpv }) => isMeant(cpv, word))
  if (meant.length === 0) throw unknownPackage(machine, word, packages)
  return Promise.all(
    meant.map(async (entry) => ({
      entry,
      fingerprint: now.marks.get(entry.id),
      stored: await storedAs(now.marks.get(entry.id), entry.cpv, run),
      chains: chainsTo(now.resolved, entry.id),
      askers: askersOf(now.resolved, entry.id),
      changes: before && packageChanges(entry, now, before),
    })),
  )
}

async function storedAs(mark: string | undefined, cpv: string, run: Run): Promise<WhyPackage['stored']> {
  const found = mark === undefined ? undefined : await run.packages.find(mark)
  if (found === undefined || mark === undefined) return undefined
  const entry = await stat(join(run.layout.packages, mark, 'entry.json'))
  return { bytes: found.bytes, at: entry.mtimeMs, seconds: run.durations.package(cpv)?.seconds }
}

function unknownPackage(machine: string, word: string, packages: readonly ResolvedPackage[]): UserError {
  const names = packages.flatMap(({ name }) => (word.includes('/') ? [name] : [name.slice(name.indexOf('/') + 1)]))
  const hint = suggest(word, names)
  return new UserError(
    'unknown-package',
    `${machine} has no package ${visible(word)}, and none is needed to build it.`,
    hint === undefined ? {} : { hint },
  )
}
