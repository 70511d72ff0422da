/** Our own small programs that run inside containers, on that tree's own Portage, or its bash. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFolder } from '../system/files.ts'
import { PROGRAMS } from './programs-folder.ts'

export type Program =
  | 'about.py'
  | 'assemble'
  | 'resolve'
  | 'normalise.py'
  | 'settle.py'
  | 'view.py'
  | 'news.py'
  | 'remove.sh'
  | 'install.sh'

/** Part of the key of every step that runs the program. */
export function programDigest(program: Program): string {
  const digest = createHash('sha256')
  for (const file of filesOf(program))
    digest
      .update(`${file}\0`)
      .update(readFileSync(join(PROGRAMS, file)))
      .update('\0')
  return digest.digest('hex')
}

/** Copies programs into a folder that a container can read, whatever the rights of the checkout. */
export async function layOut(folder: string, programs: readonly Program[]): Promise<void> {
  await makeFolder(folder)
  for (const file of programs.flatMap(filesOf)) {
    await makeFolder(dirname(join(folder, file)))
    await copyFile(join(PROGRAMS, file), join(folder, file))
  }
}

/** A program is a file, or a folder of Python modules which `python3 FOLDER` runs; what Python left there is none of it. */
function filesOf(program: Program): string[] {
  if (program.includes('.')) return [program]
  const names = readdirSync(join(PROGRAMS, program)).filter((name) => name.endsWith('.py'))
  return names.toSorted().map((name) => join(program, name))
}
