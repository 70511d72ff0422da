/** Programs that the host lacks: named with what they are for, and installed where that is allowed. */
import { readdir } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import type { Emit } from '../events.ts'
import { isMissing } from '../system/files.ts'
import {
  findProgram,
  hostSystem,
  installArgv,
  missingPrograms,
  packagesFor,
  updateArgv,
  type HostSystem,
  type Program,
} from '../system/os-packages.ts'
import { run } from '../system/process.ts'

export interface PrerequisiteOptions {
  /** The answer to the question is yes (`--yes`). */
  readonly yes: boolean
  /** Asks the person at the terminal; absent where nobody is there to answer. See `ask.ts`. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined
  readonly emit: Emit
  readonly signal?: AbortSignal
}

/**
 * Gives when every one of `programs` is installed, having installed what was missing if that may be done.
 * @throws UserError `missing-programs`, with the command that installs them as its hint
 */
export async function ensurePrograms(programs: readonly Program[], options: PrerequisiteOptions): Promise<void> {
  const missing = await missingPrograms(programs)
  if (missing.length === 0) return
  const how = await wayToInstall(missing)
  const told = refusal(missing, how)
  if (how === undefined || how.without.length > 0 || how.prefix === undefined) throw told
  if (!options.yes) {
    if (options.ask === undefined) throw told
    if (!(await options.ask(`${sentence(missing)} Install ${how.packages.join(', ')}?`))) throw told
  }
  options.emit({ type: 'note', level: 'info', text: `Installing ${how.packages.join(', ')}` })
  await install(how.system, how.packages, how.prefix, options.signal)
  const still = await missingPrograms(missing)
  if (still.length > 0) throw refusal(still, how)
}

interface Way {
  readonly system: HostSystem
  readonly packages: readonly string[]
  readonly without: readonly Program[]
  /** What goes before a command to run it as root; undefined where that would need a password. */
  readonly prefix: readonly string[] | undefined
}

async function wayToInstall(missing: readonly Program[]): Promise<Way | undefined> {
  const system = await hostSystem()
  if (system === undefined) return undefined
  return { system, ...packagesFor(system, missing), prefix: await rootPrefix() }
}

async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return []
  if ((await findProgram('sudo')) === undefined) return undefined
  const { status } = await run(['sudo', '-n', 'true'], { accept: Array.from({ length: 256 }, (_, n) => n) })
  return status === 0 ? ['sudo', '-n'] : undefined
}

async function install(
  system: HostSystem,
  packages: readonly string[],
  prefix: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const asRoot = async (argv: readonly [string, ...string[]]): Promise<void> => {
    const whole = [...prefix, ...argv] as [string, ...string[]]
    await run(whole, { purpose: 'to install programs', ...(signal === undefined ? {} : { signal }) })
  }
  const update = updateArgv(system)
  const stale = update !== undefined && (await aptKnowsNothing())
  if (stale) await asRoot(update)
  try {
    await asRoot(installArgv(system, packages))
  } catch (error) {
    // Lists that are old name versions that are gone.
    if (update === undefined || stale || signal?.aborted === true) throw error
    await asRoot(update)
    await asRoot(installArgv(system, packages))
  }
}

async function aptKnowsNothing(lists = '/var/lib/apt/lists'): Promise<boolean> {
  try {
    return !(await readdir(lists)).some((name) => name.includes('_Packages') || name.endsWith('Release'))
  } catch (error) {
    if (isMissing(error)) return true
    throw error
  }
}

/** What is missing, what for, and the command to run: pure. */
export function refusal(missing: readonly Program[], how: Omit<Way, 'prefix'> | undefined): UserError {
  return new UserError('missing-programs', sentence(missing), { hint: hint(missing, how) })
}

function hint(missing: readonly Program[], how: Omit<Way, 'prefix'> | undefined): string {
  if (how === undefined) return `install ${missing.map((program) => program.name).join(', ')} with your package manager`
  const parts: string[] = []
  if (how.packages.length > 0) parts.push(commandLine(how.system, how.packages))
  if (how.without.length > 0) {
    parts.push(`no package of this system brings ${how.without.map((program) => program.name).join(', ')}`)
  }
  return parts.join('; ')
}

/** What a person would type. */
function commandLine(system: HostSystem, packages: readonly string[]): string {
  const argv = system === 'debian' ? ['apt-get', 'install', '--no-install-recommends'] : ['emerge', '--noreplace']
  return ['sudo', ...argv, ...packages].join(' ')
}

/** `The host lacks newuidmap, newgidmap (for containers of ordinary users); git (for repositories).` */
function sentence(missing: readonly Program[]): string {
  const purposes = [...new Set(missing.map((program) => program.purpose))]
  const groups = purposes.map((purpose) => {
    const names = missing.filter((program) => program.purpose === purpose).map((program) => program.name)
    return `${names.join(', ')} (${purpose})`
  })
  return `The host lacks ${groups.join('; ')}.`
}
