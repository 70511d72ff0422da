/** Packages into a root: by our driver of Portage's own code, or, where it does not know that Portage, by emerge. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Container } from '../engine/engine.ts'
import type { Segment } from '../plan/assembly.ts'
import { emerge, emergeArgv } from './emerge.ts'
import { PLACES } from './environment.ts'
import type { Tools } from './handler.ts'
import { clockLines } from './portageFolder.ts'
import { programDigest } from './programs.ts'

export interface AssembleOptions {
  /** For an error's sentence: "assembling the root of router". */
  readonly purpose: string
  /** What emerge is asked for where it has to do the work. */
  readonly atoms: readonly string[]
  /** "Now" of pkg_* phases, epoch seconds. */
  readonly epoch: number
  /** The folder of the host that is `PLAN` in the container. */
  readonly plan: string
}

/** Where the container finds what the driver is to do. */
export const PLAN = '/run/gentoomuch-plan'

/** Beside the files of ROOT, so that what is unpacked is moved and not copied; gone when the driver ends. */
const WORK = join(PLACES.target, '.gentoomuch')

/** What the driver says of a Portage that is another one than it knows. */
export const UNKNOWN_PORTAGE = 3

const FIRST = 'sys-apps/baselayout'

function firstArgv() {
  return emergeArgv(['--usepkgonly', '--oneshot', '--nodeps'], [FIRST])
}

function assembleArgv(atoms: readonly string[]) {
  return emergeArgv(['--usepkgonly', '--binpkg-respect-use=y', '--with-bdeps=n', '--jobs=1'], atoms)
}

/** What decides what comes out, for the key. */
export const ASSEMBLE = { program: programDigest('assemble'), work: WORK, argv: [firstArgv(), assembleArgv([])] }

export async function assemble(
  container: Container,
  segments: readonly Segment[],
  tools: Tools,
  options: AssembleOptions,
): Promise<void> {
  const merges = segments.flatMap((segment) => segment.merges)
  const plan = {
    merge: merges
      .filter(({ entry }, index) => merges.findIndex((other) => other.entry.id === entry.id) === index)
      .map(({ entry, into }) => ({ cpv: entry.cpv, root: into })),
    before: 0,
    total: merges.length,
    clock: clockLines(options.epoch),
    workers: tools.jobs,
  }
  await writeFile(join(options.plan, 'plan.json'), JSON.stringify(plan))
  const env = { ROOT: PLACES.target, SYSROOT: '/' }
  const { purpose } = options
  const argv = ['python3', join(PLACES.programs, 'assemble'), join(PLAN, 'plan.json')] as const
  const status = await emerge(container, argv, tools, {
    env: { ...env, PORTAGE_TMPDIR: WORK },
    purpose,
    accept: UNKNOWN_PORTAGE,
  })
  if (status === 0) return
  tools.note(
    'warning',
    "The builder's Portage is another one than the assembly knows: emerge does it, which takes longer.",
  )
  if (merges.some(({ entry }) => entry.name === FIRST)) await emerge(container, firstArgv(), tools, { env, purpose })
  await emerge(container, assembleArgv(options.atoms), tools, { env, purpose })
}
