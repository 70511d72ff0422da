/**
 * The bare git mirror of a repository. Whatever the repository's sync-type, what was fetched is a commit in here, with a
 * name of its own that keeps it, and a file of facts that the commit itself does not say.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { UserError } from '../errors.ts'
import { exists, makeFolder, readIfThere, writeWhole } from '../system/files.ts'
import type { GitSetting } from '../system/git.ts'
import { run } from '../system/process.ts'
import { programBytes } from '../system/stream.ts'
import { parseCommit, type SignedCommit } from './signed-commit.ts'

export const TYPES = ['git', 'webrsync', 'rsync', 'folder'] as const
export type RepositoryType = (typeof TYPES)[number]

/** What the mirror's own commits are fetched into or made as, before they are believed. */
export const FETCHED = 'refs/gentoomuch/fetched'
/** By id, what was believed. */
export const VERIFIED = 'refs/gentoomuch/verified/'

const schema = v.object({
  type: v.picklist(TYPES),
  signedBy: v.exactOptional(v.string()),
  from: v.exactOptional(v.string()),
})

/** How a kept revision came here. */
export interface KeptFacts {
  readonly type: RepositoryType
  /** Primary fingerprint; missing for what was taken unverified. */
  readonly signedBy?: string
  /** What can be fetched again for it: the file name of a webrsync snapshot. */
  readonly from?: string
}

/**
 * Every attribute that changes what `git archive` writes, set to "unspecified" in the one file that outranks what a
 * repository says in its own `.gitattributes` (gitattributes(5)): the archive is the tree, byte for byte.
 */
const ATTRIBUTES = '* !export-ignore !export-subst !text !eol !crlf !ident !filter !working-tree-encoding\n'

/** Makes the mirror where it is missing. */
export async function prepareMirror(git: GitSetting, gitDir: string, signal: AbortSignal): Promise<void> {
  if (!(await exists(join(gitDir, 'HEAD')))) {
    await makeFolder(gitDir)
    // An empty template: the installed one may carry hooks and attributes.
    await ask(git, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main'], signal)
  }
  const attributes = join(gitDir, 'info', 'attributes')
  if ((await readIfThere(attributes)) !== ATTRIBUTES) await writeWhole(attributes, ATTRIBUTES)
}

/** Works with a folder for what is on its way into the mirror: on the mirror's disk, and swept after a kill. */
export async function withIncoming<T>(gitDir: string, work: (folder: string) => Promise<T>): Promise<T> {
  const home = join(gitDir, 'gentoomuch')
  await makeFolder(home)
  for (const name of await readdir(home)) {
    const [, pid] = /^incoming-(\d+)-/.exec(name) ?? []
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(home, name), { recursive: true, force: true })
  }
  const folder = await mkdtemp(join(home, `incoming-${process.pid}-`))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether a text is a whole commit id: no option, no name, no expression and no path. */
export function isCommitId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text)
}

/**
 * What the lock calls a revision goes no further, to git or into the name of a file, unless it is one.
 * @throws UserError `bad-revision`
 */
export function demandCommitId(revision: string): void {
  if (isCommitId(revision)) return
  const message = `gentoomuch.lock names ${JSON.stringify(revision)} as a revision, which is no commit id.`
  throw new UserError('bad-revision', message, {
    hint: 'restore gentoomuch.lock from git, or run gentoomuch sync',
  })
}

/** Whether there is a commit of that name. */
export async function hasCommit(git: GitSetting, name: string, signal: AbortSignal): Promise<boolean> {
  const argv = [...git.argv, 'rev-parse', '--quiet', '--verify', '--end-of-options', `${name}^{commit}`] as const
  const ran = await run(argv, { env: git.env, accept: [0, 1, 128], signal, purpose: 'to look for a revision' })
  return ran.status === 0
}

export async function commitId(git: GitSetting, name: string, signal: AbortSignal): Promise<string> {
  return (await ask(git, ['rev-parse', '--verify', '--end-of-options', `${name}^{commit}`], signal)).trim()
}

export async function readCommit(git: GitSetting, id: string, signal: AbortSignal): Promise<SignedCommit> {
  const argv = [...git.argv, 'cat-file', 'commit', id] as const
  return parseCommit(await programBytes(argv, { env: git.env, signal, purpose: 'to read a commit' }))
}

/** Keeps a believed commit from ever being swept away as garbage, and what is known of it. */
export async function keep(
  git: GitSetting,
  gitDir: string,
  id: string,
  facts: KeptFacts,
  signal: AbortSignal,
): Promise<void> {
  const text = `${JSON.stringify({
    type: facts.type,
    ...(facts.signedBy === undefined ? {} : { signedBy: facts.signedBy }),
    ...(facts.from === undefined ? {} : { from: facts.from }),
  })}\n`
  if ((await readIfThere(factsFile(gitDir, id))) !== text) await writeWhole(factsFile(gitDir, id), text)
  await ask(git, ['update-ref', `${VERIFIED}${id}`, id], signal)
}

/** What is known of a kept commit; one that an earlier version of this program kept came by git. */
export async function keptFacts(gitDir: string, id: string): Promise<KeptFacts> {
  const found = v.safeParse(schema, parseJson(await readIfThere(factsFile(gitDir, id))))
  return found.success ? found.output : { type: 'git' }
}

export async function forgetFacts(gitDir: string, id: string): Promise<void> {
  await rm(factsFile(gitDir, id), { force: true })
  await rm(join(gitDir, 'gentoomuch', 'facts', `${id}.json`), { force: true })
}

/** What a git command prints. */
export async function ask(git: GitSetting, args: readonly string[], signal: AbortSignal): Promise<string> {
  const ran = await run([...git.argv, ...args], { env: git.env, signal, purpose: 'for an ebuild repository' })
  return ran.stdout
}

function factsFile(gitDir: string, id: string): string {
  return join(gitDir, 'gentoomuch', 'kept', `${id}.json`)
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
