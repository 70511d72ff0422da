/** Faults at chosen calls of a program: `faults.c`, compiled by the host's compiler, and the words that tell it what to do. */
import { realpathSync } from 'node:fs'
import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../src/system/process.ts'

/** What can be aimed at; `create` is an open that makes a file, `write` and `sync` count by the path of the open file. */
export type Operation = 'create' | 'write' | 'sync' | 'rename' | 'link' | 'symlink' | 'mkdir' | 'unlink' | 'rmdir' | '*'

export interface Fault {
  /** Killed right before or right after the call; `full`: this call and all later ones that need room get ENOSPC. */
  readonly how: 'before' | 'after' | 'full'
  readonly operation: Operation
  /** A glob of the path below the folder, in which `*` means any characters, `/` too; of a rename and a link the new name. */
  readonly path: string
  /** The how many-th such call, from 1; the first unless told. */
  readonly nth?: number
}

export interface Call {
  readonly operation: Operation
  readonly path: string
}

/** @returns the path of the library, readable for everybody */
export async function compileInjector(folder: string): Promise<string> {
  const library = join(folder, 'faults.so')
  const source = fileURLToPath(new URL('../../tests/faults/faults.c', import.meta.url))
  const words = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-o', library, source, '-ldl']
  await run(['gcc', ...words], { purpose: 'to compile the injector of faults' })
  await chmod(library, 0o755)
  return library
}

/**
 * The environment in which node, and nothing that it starts, meets a fault.
 * @param below only calls on paths strictly below this folder count
 * @param list a file that is to get every call
 */
export function faulty(
  library: string,
  below: string,
  { fault, list }: { readonly fault?: Fault; readonly list?: string },
): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAULTS_EXE: realpathSync(process.execPath),
    FAULTS_BELOW: below,
    ...(list === undefined ? {} : { FAULTS_LIST: list }),
    ...(fault === undefined
      ? {}
      : {
          FAULTS_DO: fault.how,
          FAULTS_CALL: `${fault.operation} ${fault.path}`,
          FAULTS_NTH: String(fault.nth ?? 1),
        }),
  }
}

/** What was written to a `list`. */
export async function callsIn(list: string): Promise<Call[]> {
  const lines = (await readFile(list, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const at = line.indexOf(' ')
    return { operation: line.slice(0, at) as Operation, path: line.slice(at + 1) }
  })
}

/** "killed before rename store/steps/*.json", for the title of a test. */
export function faultWords({ how, operation, path, nth = 1 }: Fault): string {
  const which = nth === 1 ? '' : ` (${nth})`
  return how === 'full' ? `the disk full at ${operation} ${path}${which}` : `killed ${how} ${operation} ${path}${which}`
}
