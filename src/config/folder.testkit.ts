/** A configuration directory of a test's own. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { writeFilesSync, type Files } from '../system/files.testkit.ts'
import { describeProblem } from './problem.ts'
import { inspectConfig } from './read.ts'

/** A configuration without any problem. */
export const GOOD: Files = {
  'env/arch': 'amd64',
  'env/jobs': '3',
  'cpu.defines/generic/make.conf': 'CFLAGS="-O2"',
  'portage.global/make.conf': '',
  'portage.locals/group/desk/package.use': 'a/a b',
  'package.sets/tools': 'a/a',
  'stage3.defines/gentoomuch/builder/cpu': 'generic',
  'stage3.defines/desk/cpu': 'generic # the only one',
  'stage3.defines/desk/packages': '# sets\ntools\n',
  'stage3.defines/desk/portage.local': 'group/desk',
  'stage4.defines/home/stage3': 'desk',
  'stage4.defines/home/profile': 'default',
  'stage4.defines/README.md': 'not a machine',
}

export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'gm-config-'))

  write(files: Files): void {
    writeFilesSync(this.path, files)
  }

  folder(path: string): void {
    mkdirSync(join(this.path, path), { recursive: true })
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true })
    symlinkSync(target, join(this.path, path))
  }

  /** Every problem as it is printed, sorted. */
  async problems(): Promise<string[]> {
    return (await inspectConfig(this.path)).problems.map(describeProblem).toSorted()
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
