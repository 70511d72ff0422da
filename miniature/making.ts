/** What every part of making the miniature is handed: where, with what, and whom to tell. */
import { join } from 'node:path'
import { UserError } from '../src/errors.ts'
import type { Emit } from '../src/events.ts'
import type { Container, Engine } from '../src/engine/engine.ts'
import { projectRoot } from '../src/system/project.ts'
import { Lines } from './lines.ts'
import { EPOCH } from './pins.ts'

export interface Making {
  readonly cache: string
  readonly engine: Engine
  readonly emit: Emit
  readonly signal: AbortSignal
}

/** Where the recipe's own files are: they are read from the checkout, compiled or not. */
export function recipe(...names: readonly string[]): string {
  return join(projectRoot(), 'miniature', ...names)
}

/** The whole environment of every command in the base. */
export const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  HOME: '/root',
  EPOCH: String(EPOCH),
} as const

const STEPS = 6

/** Says what is being done; `done` of `STEPS`. */
export function progress({ emit }: Making, done: number, text: string): void {
  emit({ type: 'step-progress', id: 'miniature', text, done, total: STEPS })
}

/** A place for a program's output: every line becomes an event. */
export function output({ emit }: Making, each?: (line: string) => void): Lines {
  return new Lines((line) => {
    emit({ type: 'step-output', id: 'miniature', line })
    each?.(line)
  })
}

/** Runs one of the scripts in `recipe/`, which is mounted at /run/in/recipe. */
export async function runScript(
  making: Making,
  container: Container,
  script: string,
  each?: (line: string) => void,
): Promise<void> {
  // The order between the two does not matter; a stream of its own each, since either may end first.
  const [stdout, stderr] = [output(making, each), output(making, each)]
  const io = { stdout, stderr }
  const { status } = await container.run(['/bin/bash', `/run/in/recipe/${script}`], io, making.signal)
  if (status === 0) return
  throw new UserError('miniature-failed', `Making the miniature failed: ${script} ended with status ${status}.`, {
    hint: [...stdout.last, ...stderr.last].join('\n'),
    exit: 1,
  })
}

export const RECIPE_MOUNT = { source: recipe('recipe'), target: '/run/in/recipe', readOnly: true } as const
