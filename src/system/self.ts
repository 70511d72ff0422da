/** How a person calls this program again, in commands that can be pasted. */
import { join } from 'node:path'
import { findProgram } from './os-packages.ts'
import { projectRoot } from './project.ts'
import { shellWord } from './shell-word.ts'

/** `gentoomuch` where it is on PATH, else the launcher's path. */
export async function ownName(): Promise<string> {
  return (await findProgram('gentoomuch')) === undefined ? shellWord(join(projectRoot(), 'gentoomuch')) : 'gentoomuch'
}
