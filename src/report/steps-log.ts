/** A log file for each step that says something, numbered in the order in which they began to. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface StepsLog {
  write(id: string, line: string): void
  /** The absolute path of a step's log; undefined when the step has said nothing. */
  pathOf(id: string): string | undefined
  /** The step's newest lines, oldest first. */
  lastLines(id: string): readonly string[]
  /** The step is over: its file is closed. */
  end(id: string): void
  close(): void
}

interface Log {
  readonly path: string
  file: number | undefined
  readonly last: string[]
}

const KEPT = 20

/** @param folder this run's folder, absolute */
export function openStepsLog(folder: string): StepsLog {
  const logs = new Map<string, Log>()
  const logOf = (id: string): Log => {
    const known = logs.get(id)
    if (known !== undefined) return known
    const log = { path: join(folder, logName(logs.size + 1, id)), file: undefined, last: [] }
    logs.set(id, log)
    return log
  }
  const end = (log: Log | undefined): void => {
    if (log?.file !== undefined) closeSync(log.file)
    if (log !== undefined) log.file = undefined
  }
  return {
    write(id, line) {
      const log = logOf(id)
      if (log.file === undefined) {
        mkdirSync(folder, { recursive: true })
        log.file = openSync(log.path, 'a')
      }
      log.last.push(line)
      if (log.last.length > KEPT) log.last.shift()
      writeSync(log.file, `${line}\n`)
    },
    pathOf: (id) => logs.get(id)?.path,
    lastLines: (id) => logs.get(id)?.last ?? [],
    end: (id) => end(logs.get(id)),
    close: () => logs.forEach(end),
  }
}

/** `07-compile-minimal.log`: any step id becomes a name that needs no quoting and is no hidden file. */
export function logName(number: number, id: string): string {
  const safe = id
    .replace(/[^A-Za-z0-9._+-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/gu, '')
    .slice(0, 80)
  return `${String(number).padStart(2, '0')}-${safe === '' ? 'step' : safe}.log`
}
