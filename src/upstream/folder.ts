/** A repository that is a plain folder, which somebody edits by hand: what is in it now, unverified by nature. */
import { stat } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import type { GitSetting } from '../system/git.ts'
import { masked } from '../system/http-error.ts'
import { importFolder } from './import-folder.ts'
import { pathOf } from './mirrors.ts'
import { keep } from './repository-mirror.ts'
import type { Pinned, RepositorySnapshot, RepositorySource } from './repository-source.ts'

export interface FolderOptions {
  readonly gitDir: string
  /** Where its tree is the folder's, its time is kept: a file that was touched is no news. */
  readonly locked?: Pinned | undefined
  readonly signal: AbortSignal
}

/** @throws UserError `no-such-folder` */
export async function takeFolder(
  git: GitSetting,
  source: RepositorySource,
  { gitDir, locked, signal }: FolderOptions,
): Promise<RepositorySnapshot> {
  const { name } = source
  const folder = pathOf(source.uri)
  if (folder === undefined || !(await isFolder(folder))) throw noSuchFolder(source)
  const known = locked === undefined ? {} : { known: locked }
  const { revision, tree, time, leftOut } = await importFolder({ folder, git, name, signal, ...known })
  await keep(git, gitDir, revision, { type: 'folder' }, signal)
  const rest = leftOut.length === 0 ? {} : { leftOut }
  return { name, type: 'folder', revision, tree, time, primary: undefined, ...rest }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

function noSuchFolder({ name, uri }: RepositorySource): UserError {
  return new UserError(
    'no-such-folder',
    `The repository ${name} is to come from ${masked(uri)}, where there is no folder.`,
    {
      hint: `see sync-uri in repos.conf, or env/repositories/${name}`,
    },
  )
}
