/** What this host must have, looked at one by one. Looking changes nothing. */
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { checkEmbedded } from '../engine/embedded/check.ts'
import { hostJobs, jobsText } from '../execute/jobs.ts'
import { size } from '../report/size.ts'
import { isMissing } from '../system/files.ts'
import {
  findProgram,
  hostSystem,
  missingPrograms,
  packagesFor,
  PROGRAMS,
  SQFSTAR,
  type HostSystem,
  type Program,
} from '../system/os-packages.ts'
import { refusal } from './prerequisites.ts'

export interface Check {
  readonly name: string
  readonly ok: boolean
  /** What there is. */
  readonly found: string
  /** What there has to be. */
  readonly wanted: string
  /** What to do about it; only where it is not ok. */
  readonly fix?: string
}

export interface DoctorOptions {
  /** The data directory, absolute; it need not exist. */
  readonly data: string
  readonly programs?: readonly Program[]
}

/** A stage3, its builder, packages and a stage4 or two. */
const SPACE = 20 * 1024 ** 3
const TMPFS = 0x01021994

export async function examine({ data, programs = PROGRAMS }: DoctorOptions): Promise<readonly Check[]> {
  const checks = [programsCheck(programs), containersCheck(), imagesCheck(), rightsCheck(), spaceCheck(data)]
  const looked = await Promise.all(checks)
  return [nodeCheck(process.versions.node), ...looked, jobsCheck()]
}

export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const ok = major > 20 || (major === 20 && minor >= 19)
  const check = { name: 'Node.js', ok, found: version, wanted: '20.19 or newer' }
  return ok ? check : { ...check, fix: 'install a newer Node.js' }
}

async function programsCheck(programs: readonly Program[]): Promise<Check> {
  const missing = await missingPrograms(programs)
  return programsVerdict(programs.length, missing, await hostSystem())
}

export function programsVerdict(of: number, missing: readonly Program[], system: HostSystem | undefined): Check {
  const check = { name: 'programs', wanted: `all ${of}` }
  if (missing.length === 0) return { ...check, ok: true, found: `all ${of}` }
  const how = system === undefined ? undefined : { system, ...packagesFor(system, missing) }
  const fix = refusal(missing, how).hint ?? ''
  return { ...check, ok: false, found: `missing: ${missing.map((program) => program.name).join(', ')}`, fix }
}

async function containersCheck(): Promise<Check> {
  const problem = await checkEmbedded()
  const check = { name: 'containers', wanted: 'user namespaces with a range of ids' }
  if (problem === undefined) return { ...check, ok: true, found: 'usable' }
  return { ...check, ok: false, found: problem.message, fix: problem.hint ?? '' }
}

/** Not needed: repositories that cannot be images are folders. */
async function imagesCheck(): Promise<Check> {
  return imagesVerdict(process.getuid?.() === 0, (await findProgram(SQFSTAR.name)) !== undefined)
}

export function imagesVerdict(root: boolean, installed: boolean): Check {
  const check = { name: 'images', ok: true, wanted: 'any; root and sqfstar keep each repository as one file' }
  if (root && installed) return { ...check, found: 'repositories are one file each' }
  const why = root ? `${SQFSTAR.name} of ${SQFSTAR.debian} is not installed` : 'an ordinary user cannot mount them'
  return { ...check, found: `repositories are folders: ${why}` }
}

/** Not needed: it only decides whether missing programs can be installed for an ordinary user. */
async function rightsCheck(): Promise<Check> {
  const root = process.getuid?.() === 0
  const found = root ? 'root' : (await findProgram('sudo')) === undefined ? 'an ordinary user without sudo' : 'sudo'
  return { name: 'rights', ok: true, found, wanted: 'any; root or sudo to install programs' }
}

async function spaceCheck(data: string): Promise<Check> {
  const { type, bavail, bsize } = await statfsOf(data)
  return spaceVerdict(bavail * bsize, type === TMPFS)
}

export function spaceVerdict(free: number, inMemory: boolean): Check {
  const found = `${size(free)} free${inMemory ? ', on a tmpfs: gone after each boot' : ''}`
  const check = { name: 'data directory', ok: free >= SPACE, found, wanted: `${size(SPACE)} free` }
  return check.ok ? check : { ...check, fix: 'make room, or choose another place with --data' }
}

/** Not needed: fewer take longer. */
function jobsCheck(): Check {
  const wanted = 'any; env/jobs or --jobs says another number than what cores and memory allow'
  return { name: 'jobs', ok: true, found: jobsText(hostJobs()), wanted }
}

/** Of the folder, or of the nearest one above it that exists. */
async function statfsOf(path: string): Promise<{ type: number; bavail: number; bsize: number }> {
  try {
    return await statfs(path)
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error
    return statfsOf(dirname(path))
  }
}

/** One line a check, and below those that failed what to do. */
export function renderChecks(checks: readonly Check[]): string[] {
  const name = Math.max(...checks.map((check) => check.name.length))
  return checks.flatMap((check) => {
    const line = `${check.ok ? 'ok ' : 'BAD'}  ${check.name.padEnd(name)}  ${check.found}`
    if (check.ok) return [line]
    const below = ' '.repeat(name + 7)
    return [line, `${below}wanted: ${check.wanted}`, ...(check.fix ? [`${below}fix: ${check.fix}`] : [])]
  })
}
