/** A tree to run things in, made of this host's own programs and the libraries they need. */
import { copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hostEnvironment, run } from '../../src/system/process.ts'

const PROGRAMS =
  'bash cat cp echo env ls id sleep mkdir rmdir rm mv ln chmod chown stat touch kill ps readlink tty mount umount grep dd find tar mkfifo setsid sort head od unshare tr seq wc stty'.split(
    ' ',
  )

/** Whether the host has a program. */
export async function hasProgram(program: string): Promise<boolean> {
  return find(program).then(
    () => true,
    () => false,
  )
}

/** Where a program of the host is. */
async function find(program: string): Promise<string> {
  for (const folder of hostEnvironment()['PATH']!.split(':')) {
    const path = join(folder, program)
    if (
      await stat(path).then(
        (entry) => entry.isFile(),
        () => false,
      )
    )
      return path
  }
  throw new Error(`the contract test needs ${program}`)
}

/**
 * @param more programs of the host, besides those that are always there
 * @returns the path of a tar
 */
export async function smallTree(scratch: string, more: readonly string[] = []): Promise<string> {
  const root = join(scratch, 'small-tree')
  for (const folder of ['bin', 'etc', 'dev', 'proc', 'sys', 'run', 'tmp', 'var/tmp', 'home']) {
    await mkdir(join(root, folder), { recursive: true })
  }
  const libraries = new Set<string>()
  for (const program of [...PROGRAMS, ...more]) {
    const path = await find(program)
    await copyFile(path, join(root, 'bin', program))
    const { stdout } = await run(['ldd', path], { accept: [0, 1] })
    for (const [library] of stdout.matchAll(/\/\S+/g)) libraries.add(library)
  }
  for (const library of libraries) {
    await mkdir(join(root, dirname(library)), { recursive: true })
    await copyFile(library, join(root, library))
  }
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/bash\n')
  await writeFile(join(root, 'etc/shadow'), 'root:of-the-tree:::::::\n', { mode: 0o600 })
  const tar = join(scratch, 'small-tree.tar')
  await run([
    'tar',
    '--create',
    `--file=${tar}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    `--directory=${root}`,
    '.',
  ])
  await rm(root, { recursive: true })
  return tar
}
