/** A program of the tests, compiled as the product is: for what has to be a process of its own. */
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../src/system/process.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/**
 * @param program path of its source in the repository
 * @returns the path of the compiled program
 */
export async function compileProgram(program: string, scratch: string): Promise<string> {
  const at = join(scratch, 'compiled')
  await mkdir(at)
  const own = {
    extends: join(REPOSITORY, 'tsconfig.json'),
    files: [join(REPOSITORY, program)],
    include: [],
  }
  await writeFile(
    join(at, 'tsconfig.json'),
    JSON.stringify({ ...own, compilerOptions: { noEmit: false, rootDir: REPOSITORY, outDir: join(at, 'dist') } }),
  )
  for (const name of ['node_modules', 'package.json']) await symlink(join(REPOSITORY, name), join(at, name))
  const programs = 'src/engine/embedded'
  for (const name of ['enclose', 'read.sh'])
    await cp(join(REPOSITORY, programs, name), join(at, programs, name), { recursive: true })
  await run([join(REPOSITORY, 'node_modules/.bin/tsc'), '-p', at])
  return join(at, 'dist', program.replace(/\.ts$/, '.js'))
}
