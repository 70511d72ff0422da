/** Our own small programs that run inside containers, on that tree's own Portage, or its bash. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../system/project.ts'

const FOLDER = join(projectRoot(), 'src/execute/programs')

export type Program = 'about.py' | 'resolve.py' | 'normalise.py' | 'view.py' | 'news.py' | 'remove.sh'

/** Part of the key of every step that runs the program. */
export function programDigest(program: Program): string {
  return createHash('sha256')
    .update(readFileSync(join(FOLDER, program)))
    .digest('hex')
}

/** Copies programs into a folder that a container can read, whatever the rights of the checkout. */
export async function layOut(folder: string, programs: readonly Program[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const program of programs) await copyFile(join(FOLDER, program), join(folder, program))
}
