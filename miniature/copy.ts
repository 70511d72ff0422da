/** Copies of folders, by the program: ten times as fast as Node's own. */
import { run } from '../src/system/process.ts'

/** @param to must not exist yet */
export async function copyAll(from: string, to: string, signal: AbortSignal): Promise<void> {
  await run(['cp', '--archive', '--reflink=auto', '--no-target-directory', '--', from, to], { signal })
}
