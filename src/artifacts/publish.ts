/** Finished builds appear whole, under a name that stays and with `latest` pointing at the newest. */
import { lstat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { exists, isMissing, makeFolder, syncFolder, takePlace } from '../system/files.ts'
import { moveFolder, sweepMoves, unfinishedBeside } from '../system/move.ts'

export interface PublishOptions {
  /** `DATA/stages` */
  readonly stages: string
  /** The stage4's name: any characters but `/` and control characters, and not first `-` or `.` */
  readonly name: string
  /** This build's own name, of the same kind. */
  readonly build: string
  /** The prepared folder, flat; it is moved away. */
  readonly from: string
}

const LATEST = 'latest'

/**
 * Makes `from` the folder `stages/NAME/BUILD` and switches `stages/NAME/latest` to it. Everything is on disk before the
 * name appears. To be called while holding the data directory's lock.
 * @returns the published folder
 */
export async function publishBuild(options: PublishOptions): Promise<string> {
  const { stages, name, build, from } = options
  checkName(name, 'stage4')
  checkName(build, 'build')
  if (build === LATEST) throw badName(build, 'build')
  const home = join(stages, name)
  const target = join(home, build)
  await makeFolder(home)
  await sweepMoves(home)
  // A rename would silently replace an empty folder.
  if (await exists(target))
    throw new UserError('build-exists', `${target} is already published.`, {
      hint: 'move it away if you want to publish another build under its name',
    })
  await moveFolder(from, target)
  await syncFolder(stages)
  await pointLatest(home, build)
  return target
}

export async function pointLatest(home: string, build: string): Promise<void> {
  const latest = join(home, LATEST)
  if (await isFolder(latest)) {
    throw new UserError('latest-is-no-link', `${latest} is a folder, so it cannot point at ${build}.`, {
      hint: 'move the folder away; the program keeps a symbolic link there',
    })
  }
  const temporary = unfinishedBeside(latest)
  await takePlace(temporary, latest, () => symlink(build, temporary))
  await syncFolder(home)
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory()
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function checkName(name: string, what: string): void {
  // oxlint-disable-next-line no-control-regex
  if (name === '' || /^[-.]|[/\u0000-\u001f\u007f]/.test(name)) throw badName(name, what)
}

function badName(name: string, what: string): UserError {
  return new UserError('bad-name', `${JSON.stringify(name)} cannot name a ${what}.`, {
    hint: 'use any characters but "/" and control characters, and neither "-" nor "." as the first one',
  })
}
