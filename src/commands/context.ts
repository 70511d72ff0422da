/** What all commands share: where things are, how to report, when to stop. */
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Config, Notify } from '../config/model.ts'
import type { Lock } from '../config/lock.ts'
import { UserError } from '../errors.ts'
import type { Emit } from '../events.ts'
import { hostJobs, jobsText } from '../execute/jobs.ts'
import type { Run, RunOptions } from '../execute/run.ts'
import { layoutOf } from '../store/layout.ts'
import { saysFull } from '../system/disk.ts'
import { shellWord } from '../system/shell-word.ts'
import type { Known } from '../workbench/configuration/composition.ts'
import { makeFolder } from '../system/files.ts'

export interface Globals {
  readonly config?: string
  readonly data?: string
  readonly engine?: string
  readonly json?: boolean
  readonly dryRun?: boolean
  readonly verbose?: boolean
  readonly quiet?: boolean
}

/** Runs that people do not sit and watch to their end. */
const AWAITED: readonly string[] = ['pipeline', 'stage build', 'bootstrap', 'profile update']

/** Of commands that can do something, or say something better, on a disk without any room. */
const ROOM: Readonly<Record<string, RunOptions['room']>> = {
  clean: 'not needed',
  pipeline: 'judged',
  'pipeline dry run': 'judged',
  'stage build': 'judged',
  'stage build dry run': 'judged',
}

export class Context {
  readonly globals: Globals
  readonly signal: AbortSignal
  readonly config: string
  readonly data: string

  constructor(globals: Globals, signal: AbortSignal) {
    this.globals = globals
    this.signal = signal
    this.config = placeOf('config', globals)
    this.data = placeOf('data', globals)
  }

  async read(): Promise<{ config: Config; lock: Lock }> {
    // Not needed where nothing is to be done.
    const [{ readConfig }, { readLock }] = await Promise.all([import('../config/read.ts'), import('../config/lock.ts')])
    const [config, lock] = await Promise.all([readConfig(this.config), readLock(this.config)])
    return { config, lock }
  }

  /** What can be known without work and network. */
  async known(): Promise<Known> {
    return { ...(await this.read()), data: this.data, signal: this.signal }
  }

  /** A run with the lock, reported on standard error and kept in `logs/RUN/`. */
  async run<T>(
    command: string,
    config: Config,
    work: (run: Run) => Promise<T>,
    isOk: (result: T) => boolean = () => true,
    quiet = this.globals.quiet ?? false,
    asks = false,
  ): Promise<T> {
    const logs = await newLogs(layoutOf(this.data).logs, command)
    // What only work needs is loaded when work begins: a question is answered at once.
    const { ownName } = await import('../system/self.ts')
    const again = await ownName()
    const { withRun } = await import('../execute/run.ts')
    const during = (emit: Emit) => {
      const jobs = config.env.jobs ?? jobsOfHost(emit, AWAITED.includes(command))
      return withRun(
        {
          data: this.data,
          engine: this.globals.engine ?? config.env.engine,
          jobs,
          mirrors: config.env.mirrors,
          command: `gentoomuch ${command}`,
          logs,
          emit,
          signal: this.signal,
          signer: config.env.signer,
          room: ROOM[command] ?? 'needed',
          asks,
          shellIn: (container) => `${again} freshroot --failed ${container}${this.flags()}`,
        },
        work,
      )
    }
    const notify = AWAITED.includes(command) ? config.env.notify : 'none'
    return this.reported(logs, command, during, isOk, quiet, notify)
  }

  /** The same for a question: where another run works it does not wait, and is told what is there. */
  async ask<T>(command: string, config: Config, work: (run: Run) => Promise<T>, quiet?: boolean): Promise<T> {
    return this.run(command, config, work, () => true, quiet, true)
  }

  /** The flags that a command to be pasted must repeat; empty or with a blank before it. */
  flags(): string {
    const { config, data } = this.globals
    const words = [
      ...(config === undefined ? [] : ['--config', this.config]),
      ...(data === undefined ? [] : ['--data', this.data]),
    ]
    return words.map((word) => ` ${shellWord(word)}`).join('')
  }

  async reported<T>(
    logs: string | undefined,
    command: string,
    work: (emit: Emit) => Promise<T>,
    isOk: (result: T) => boolean = () => true,
    quiet = this.globals.quiet ?? false,
    notify: Notify = 'none',
  ): Promise<T> {
    const { openReporter } = await import('../report/open.ts')
    const { json = false, verbose = false } = this.globals
    const reporter = await openReporter({
      json,
      quiet,
      verbose,
      stderr: process.stderr,
      logs,
      announce: { by: notify, signal: this.signal },
    })
    const since = performance.now()
    const seconds = () => (performance.now() - since) / 1000
    if (logs !== undefined)
      reporter.emit({
        type: 'run-started',
        run: logs.split('/').at(-1) ?? '',
        command,
        logs,
        process: process.pid,
      })
    try {
      const result = await work(reporter.emit)
      if (logs !== undefined) reporter.emit({ type: 'run-done', seconds: seconds(), ok: isOk(result) })
      return result
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error)
      if (logs !== undefined) reporter.emit({ type: 'run-done', seconds: seconds(), ok: false, because })
      throw error
    } finally {
      await reporter.close()
    }
  }
}

/** Where nobody said a number; that memory bounds it is told, for more cores than work seem idle else. */
function jobsOfHost(emit: Emit, tells: boolean): number {
  const host = hostJobs()
  if (tells && host.jobs < host.cores)
    emit({ type: 'note', level: 'info', text: jobsText(host), hint: 'env/jobs or --jobs says another number' })
  return host.jobs
}

/** `logs/20260101T000000Z-pipeline`, with a number behind it where two runs begin in one second. */
async function newLogs(logs: string, command: string): Promise<string> {
  await makeFolder(logs)
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  for (let number = 1; ; number++) {
    const folder = join(logs, `${stamp}-${command.replaceAll(' ', '-')}${number === 1 ? '' : `-${number}`}`)
    try {
      await mkdir(folder)
      return folder
    } catch (error) {
      // Whether work can go on without a log is not decided here; the reporter says that there is none.
      if (saysFull(error)) return folder
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** @throws UserError for an empty word, as an unset variable of a script gives it: the folder one stands in is not meant */
function placeOf(which: 'config' | 'data', globals: Globals): string {
  const named = globals[which]
  if (named === '') throw new UserError('no-path', `A path was wanted for --${which}; found an empty word.`)
  const variable = process.env[`GENTOOMUCH_${which.toUpperCase()}`]
  return resolve(
    named ?? (variable === undefined || variable === '' ? join(homedir(), `gentoomuch-${which}`) : variable),
  )
}
