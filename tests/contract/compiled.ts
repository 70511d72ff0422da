/** The program that holds a container, compiled as the product is. */
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../src/system/process.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/** @returns the path of the compiled `held.ts` */
export async function compileHeld(scratch: string): Promise<string> {
  const at = join(scratch, 'compiled')
  await mkdir(at)
  const own = {
    extends: join(REPOSITORY, 'tsconfig.json'),
    files: [join(REPOSITORY, 'tests/contract/held.ts')],
    include: [],
  }
  await writeFile(
    join(at, 'tsconfig.json'),
    JSON.stringify({ ...own, compilerOptions: { noEmit: false, rootDir: REPOSITORY, outDir: join(at, 'dist') } }),
  )
  for (const name of ['node_modules', 'package.json']) await symlink(join(REPOSITORY, name), join(at, name))
  await cp(join(REPOSITORY, 'src/engine/embedded/scripts'), join(at, 'src/engine/embedded/scripts'), {
    recursive: true,
  })
  await run([join(REPOSITORY, 'node_modules/.bin/tsc'), '-p', at])
  return join(at, 'dist/tests/contract/held.js')
}
