/** emerge as a process: its argv, its progress, its failure. */
import { readFile, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Argv, Container } from '../engine/engine.ts'
import { PLACES } from './environment.ts'
import { moveFile } from '../system/move.ts'
import { StepFailure } from './failure.ts'
import type { Tools } from './handler.ts'
import { Lines } from './lines.ts'
import { shellFor } from './shell.ts'
import { makeFolder } from '../system/files.ts'

export interface EmergeOptions {
  /** What the caller was doing, for the error's sentence: "compiling the packages of router". */
  readonly purpose: string
  readonly env?: Readonly<Record<string, string>>
  /** Called whenever emerge begins with a package or has merged one. */
  readonly onPackage?: (cpv: string) => void
  /** Called whenever one of the packages that are worked on side by side has come to its end. */
  readonly onJobEnded?: () => void
  /** A status besides 0 with which the caller can go on. */
  readonly accept?: number
  /**
   * Whether build logs are taken out of the container when it has come out right too. Unless told they are; `if told`: where
   * the program says that there are any.
   */
  readonly takeLogs?: boolean | 'if told'
}

/** Options of every emerge call; what the user set as EMERGE_DEFAULT_OPTS (`--ask` …) would break a run. */
export function emergeArgv(options: readonly string[], atoms: readonly string[]): Argv {
  return [
    'emerge',
    '--ignore-default-opts',
    '--color=n',
    '--nospinner',
    '--quiet-build=y',
    '--package-moves=n',
    ...options,
    '--',
    ...atoms,
  ]
}

const PROGRESS =
  /^>>> (Emerging binary|Emerging|Installing|Completed|Fetching|Merging binary) \((\d+) of (\d+)\) (\S+?)(?:::\S+)?(?: |$)/
/** Said whenever one of these numbers has changed; a number of running jobs that is 0 is left out. */
const JOBS = /^>>> Jobs: \d+ of \d+ complete(?:, (\d+) running)?/

/** A program of ours says so, for most merges leave none. */
const LOGS_LEFT = '>>> Build logs are left'

const VERB: Record<string, string> = {
  Emerging: 'compiling',
  'Emerging binary': 'unpacking',
  Installing: 'merging',
  Completed: 'merged',
  Fetching: 'fetching',
}

/**
 * Runs emerge, or a program of ours that says what it does in emerge's words.
 * @returns the status: 0 or the accepted one
 * @throws StepFailure with package, phase, last lines and the container preserved for a shell
 */
export async function emerge(container: Container, argv: Argv, tools: Tools, options: EmergeOptions): Promise<number> {
  let running = 0
  let takeLogs = options.takeLogs ?? true
  const onLine = (line: string) => {
    tools.line(line)
    if (line === LOGS_LEFT && takeLogs === 'if told') takeLogs = true
    const jobs = JOBS.exec(line)
    if (jobs !== null) {
      const now = Number(jobs[1] ?? 0)
      if (now < running) options.onJobEnded?.()
      running = now
      return
    }
    const progress = PROGRESS.exec(line)
    if (progress === null) return
    const [, verb = '', done = '', total = '', cpv = ''] = progress
    const complete = verb === 'Completed' ? Number(done) : Number(done) - 1
    tools.progress(`${VERB[verb] ?? verb.toLowerCase()} ${cpv} (${done} of ${total})`, complete, Number(total))
    options.onPackage?.(cpv)
  }
  const stdout = new Lines(onLine)
  const stderr = new Lines(tools.line)
  const exit = await container.run(argv, { stdout, stderr, env: { ...options.env } }, tools.signal)
  const isRight = exit.status === 0 || exit.status === options.accept
  if (isRight && takeLogs !== true) return exit.status
  const logs = await keepBuildLogs(container, tools).catch((error: unknown) => {
    // What failed matters more than that its logs cannot be kept, on a full disk say.
    if (exit.status === 0) throw error
    return []
  })
  if (isRight) return exit.status
  const words = [...stdout.last(60), ...stderr.last(20)]
  const shell = await shellFor(container, tools)
  const told = await explain(words, logs, `${programOf(argv)} ended with status ${exit.status}`, options.purpose)
  throw new StepFailure({ ...told, ...shell })
}

/** `emerge`, or of `python3 /run/gentoomuch/assemble` the program's name. */
function programOf(argv: Argv): string {
  return basename(argv[0] === 'python3' ? (argv[1] ?? '') : argv[0])
}

/** Portage's build logs must outlive the container. Gives their new paths. */
async function keepBuildLogs(container: Container, tools: Tools): Promise<string[]> {
  const kept = await container.keepFiles(PLACES.logs)
  const folder = join(tools.logs, 'portage')
  await makeFolder(folder)
  const paths: string[] = []
  for (const name of await readdir(kept.path))
    if (name.endsWith('.log')) {
      await moveFile(join(kept.path, name), join(folder, name))
      paths.push(join(folder, name))
    }
  await rm(kept.path, { recursive: true, force: true })
  return paths
}

async function explain(words: readonly string[], logs: readonly string[], ended: string, purpose: string) {
  const failed = words
    .map((line) => /(?:Failed to (?:emerge|install)|ERROR:) (\S+?\/\S+?)(?:::\S+)?(?:,| failed| \(|$)/.exec(line)?.[1])
    .find((cpv) => cpv !== undefined)
  const log = failed === undefined ? undefined : logs.find((path) => path.includes(`/${failed.replace('/', ':')}:`))
  const text = log === undefined ? '' : await readFile(log, 'utf8')
  const phase = /failed \((\w+) phase\)/.exec(text)?.[1] ?? /failed \((\w+) phase\)/.exec(words.join('\n'))?.[1]
  const what = failed === undefined ? ended : `${failed} failed${phase === undefined ? '' : ` in its ${phase} phase`}`
  return {
    code: 'emerge-failed',
    message: `${what} while ${purpose}.`,
    ...(failed === undefined ? {} : { package: failed }),
    ...(phase === undefined ? {} : { phase }),
    lastLines: text === '' ? words.slice(-15) : beforeTheError(text),
    ...(log === undefined ? {} : { log }),
  }
}

/** The lines of a build log that say what went wrong stand just before Portage's own ` * ERROR:` block. */
function beforeTheError(log: string): string[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '')
  const at = lines.findIndex((line) => line.includes('* ERROR:'))
  return (at === -1 ? lines : lines.slice(0, at)).slice(-15)
}
