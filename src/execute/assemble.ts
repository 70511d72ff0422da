/** Packages into a root: by our driver of Portage's own code, or, where it does not know that Portage, by emerge. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Container } from '../engine/engine.ts'
import type { Segment } from '../plan/assembly.ts'
import { helpersOf } from '../plan/layers.ts'
import { emerge, emergeArgv } from './emerge.ts'
import { PLACES } from './environment.ts'
import type { Tools } from './handler.ts'
import { clockLines } from './portageFolder.ts'
import { programDigest } from './programs.ts'

/** What makes a root a machine's own when all packages are in, as `programs/settle.py` has it. */
export interface Settling {
  /** The folder in the container that is to be the root's /etc/portage, and what its make.profile points at. */
  readonly portage: string
  readonly profile: string
  /** What the machine asked for, as emerge writes it down. */
  readonly asked: readonly string[]
  /** `category/package-version` of all that is to be there, and of nothing else. */
  readonly packages: readonly string[]
}

export interface Assembly {
  /** All that the root comes to, in order, nothing twice. */
  readonly segments: readonly Segment[]
  /** How many segments the target of the container begins with, and with how many it is to end. */
  readonly from: number
  readonly to: number
  /** Missing where others go on with what comes out. */
  readonly settling?: Settling | undefined
}

export interface AssembleOptions {
  /** For an error's sentence: "assembling the root of router". */
  readonly purpose: string
  /** "Now" of pkg_* phases, epoch seconds. */
  readonly epoch: number
  /** The folder of the host that is `PLAN` in the container. */
  readonly plan: string
}

/** Where the container finds what the driver is to do. */
export const PLAN = '/run/gentoomuch-plan'

const PLAN_FILE = join(PLAN, 'plan.json')

/** Beside the files of ROOT, so that what is unpacked is moved and not copied; gone when the driver ends. */
const WORK = join(PLACES.target, '.gentoomuch')

/** What the driver says of a Portage that is another one than it knows. */
export const UNKNOWN_PORTAGE = 3

const FIRST = 'sys-apps/baselayout'

const ROOTS = { ROOT: PLACES.target, SYSROOT: '/' }

function firstArgv() {
  return emergeArgv(['--usepkgonly', '--oneshot', '--nodeps'], [FIRST])
}

function assembleArgv(atoms: readonly string[]) {
  return emergeArgv(['--usepkgonly', '--binpkg-respect-use=y', '--with-bdeps=n', '--jobs=1'], atoms)
}

/** What decides what comes out, for the key. */
export const ASSEMBLE = {
  program: programDigest('assemble'),
  normalise: programDigest('normalise.py'),
  work: WORK,
  argv: [firstArgv(), assembleArgv([])],
}

/**
 * Merges segments into the container's target, by the driver.
 * @returns false where it does not know this Portage; nothing was touched then
 */
export async function assemble(
  container: Container,
  { segments, from, to, settling }: Assembly,
  tools: Tools,
  options: AssembleOptions,
): Promise<boolean> {
  const plan = {
    helpers: from === to ? [] : helpersOf(segments.slice(0, from)).map(({ entry }) => entry.cpv),
    segments: segments
      .slice(from, to)
      .map(({ merges }) => merges.map(({ entry, into }) => ({ cpv: entry.cpv, root: into }))),
    before: segments.slice(0, from).flatMap(({ merges }) => merges).length,
    total: segments.flatMap(({ merges }) => merges).length,
    isWhole: to === segments.length,
    clock: clockLines(options.epoch),
    epoch: options.epoch,
    workers: tools.jobs,
    settle: settling && { ...settling, epoch: options.epoch },
  }
  await writeFile(join(options.plan, 'plan.json'), JSON.stringify(plan))
  const argv = ['python3', join(PLACES.programs, 'assemble'), PLAN_FILE] as const
  const status = await emerge(container, argv, tools, {
    env: { ...ROOTS, PORTAGE_TMPDIR: WORK },
    purpose: options.purpose,
    accept: UNKNOWN_PORTAGE,
    takeLogs: 'if told',
  })
  return status === 0
}

/** The whole root by emerge, where `assemble` could not. @param atoms what it is asked for */
export async function assembleByEmerge(
  container: Container,
  segments: readonly Segment[],
  atoms: readonly string[],
  tools: Tools,
  purpose: string,
): Promise<void> {
  tools.note(
    'warning',
    "The builder's Portage is another one than the assembly knows: emerge does it, which takes longer.",
  )
  const begins = segments.some(({ merges }) => merges.some(({ entry }) => entry.name === FIRST))
  if (begins) await emerge(container, firstArgv(), tools, { env: ROOTS, purpose })
  await emerge(container, assembleArgv(atoms), tools, { env: ROOTS, purpose })
}

/** What the driver does last, after `assembleByEmerge`: with the plan that it was given. */
export async function settle(container: Container, tools: Tools, purpose: string): Promise<void> {
  const argv = ['python3', join(PLACES.programs, 'settle.py'), PLAN_FILE] as const
  await emerge(container, argv, tools, { env: ROOTS, purpose, takeLogs: false })
}
