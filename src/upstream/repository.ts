/** An ebuild repository in git: fetched into a bare mirror of our own, believed when its head is signed by the right key. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { UserError } from '../errors.ts'
import { exists, writeWhole } from '../system/files.ts'
import { gitSetting, withGit } from '../system/git.ts'
import type { GitSetting } from '../system/git.ts'
import { verifyDetached } from '../system/gpg.ts'
import type { Signature } from '../system/gpg.ts'
import { run } from '../system/process.ts'
import { programBytes, programSource } from '../system/stream.ts'
import { parseCommit } from './signed-commit.ts'
import type { SignedCommit } from './signed-commit.ts'
import { believe, distrust, GENTOO_KEYS, withTrustedKeys } from './trust.ts'
import type { Role } from './trust.ts'

export interface RepositorySource {
  readonly name: string
  /** An address that git fetches from, `file://` or the absolute path of a git repository. */
  readonly uri: string
  /** The configuration's `env/trusted.keys/repository/NAME`. */
  readonly keys: string | undefined
}

export interface RepositorySnapshot {
  readonly name: string
  /** Commit id. */
  readonly revision: string
  /** Committer time, epoch seconds. */
  readonly time: number
  /** Git tree id. */
  readonly tree: string
  /** Fingerprint of the primary key that signed the commit. */
  readonly primary: string | undefined
}

export interface FetchOptions {
  /** The bare mirror in the data directory; made where it is missing. */
  readonly gitDir: string
  /** A pinned commit id, instead of the newest. Already in the mirror, it needs no network. */
  readonly revision?: string
  readonly signal: AbortSignal
}

/** Where the mirror keeps what it fetched and, by id, what it verified. */
const FETCHED = 'refs/gentoomuch/fetched'
const VERIFIED = 'refs/gentoomuch/verified/'

/**
 * Every attribute that changes what `git archive` writes, set to "unspecified" in the one file that outranks what a
 * repository says in its own `.gitattributes` (gitattributes(5)): the archive is the tree, byte for byte.
 */
const ATTRIBUTES = '* !export-ignore !export-subst !text !eol !crlf !ident !filter !working-tree-encoding\n'

/**
 * Fetches a repository's head (or `revision`) and verifies its signature against the keys of this repository's role.
 * @throws UserError exit 3 when the commit is unsigned or signed by another key
 */
export async function fetchRepository(source: RepositorySource, options: FetchOptions): Promise<RepositorySnapshot> {
  const { gitDir, revision, signal } = options
  if (revision !== undefined && !/^[0-9a-f]{40}$/.test(revision)) throw new Error(`not a commit id: ${revision}`)
  return await withGit(gitDir, async (git) => {
    await prepare(git, gitDir, signal)
    if (revision === undefined || !(await has(git, `${VERIFIED}${revision}`, signal))) {
      await fetch(git, source, revision ?? 'HEAD', signal)
    }
    const wanted = revision ?? FETCHED
    const id = (await ask(git, ['rev-parse', '--verify', '--end-of-options', `${wanted}^{commit}`], signal)).trim()
    const argv = [...git.argv, 'cat-file', 'commit', id] as const
    const commit = parseCommit(await programBytes(argv, { env: git.env, signal, purpose: 'to read a commit' }))
    const { primary } = await verify(source, id, commit, signal)
    // A name keeps the commit from ever being swept away as garbage.
    await ask(git, ['update-ref', `${VERIFIED}${id}`, id], signal)
    return { name: source.name, revision: id, time: commit.time, tree: commit.tree, primary }
  })
}

/** A plain tar of exactly that revision: modes 0644 and 0755, owned by root, times of the commit, no attribute applied. */
export function archiveRepository(
  snapshot: RepositorySnapshot,
  options: { readonly gitDir: string; readonly signal: AbortSignal },
): Readable {
  const git = gitSetting(options.gitDir)
  const argv = [...git.argv, 'archive', '--format=tar', '--end-of-options', snapshot.revision] as const
  return programSource(argv, { env: git.env, signal: options.signal, purpose: `to take out ${snapshot.name}` })
}

async function prepare(git: GitSetting, gitDir: string, signal: AbortSignal): Promise<void> {
  if (!(await exists(join(gitDir, 'HEAD')))) {
    await mkdir(gitDir, { recursive: true })
    // An empty template: the installed one may carry hooks and attributes.
    await ask(git, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main'], signal)
  }
  await writeWhole(join(gitDir, 'info', 'attributes'), ATTRIBUTES)
}

/** One commit deep where the other side can; a plain web server, which cannot, gives all of the history. */
async function fetch(git: GitSetting, source: RepositorySource, what: string, signal: AbortSignal): Promise<void> {
  const uri = /^[a-z+]+:/i.test(source.uri) || isScp(source.uri) ? source.uri : resolve(source.uri)
  const fetchBy = async (depth: readonly string[]) => {
    const words = [
      'fetch',
      '--quiet',
      '--no-tags',
      '--force',
      '--no-recurse-submodules',
      '--no-write-fetch-head',
      ...depth,
    ]
    await ask(git, [...words, '--', uri, `${what}:${FETCHED}`], signal)
  }
  try {
    try {
      await fetchBy(['--depth=1'])
    } catch (error) {
      if (!(error instanceof UserError) || !/shallow/.test(error.message)) throw error
      await fetchBy([])
    }
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'command-failed') throw error
    const wanted = what === 'HEAD' ? '' : ` at revision ${what}`
    throw new UserError(
      'repository-fetch',
      `The repository ${source.name} could not be fetched from ${source.uri}${wanted}.`,
      {
        hint:
          what === 'HEAD'
            ? 'see whether the address is right and can be reached'
            : 'gentoomuch sync moves to the newest revision',
        cause: error,
        exit: 1,
      },
    )
  }
}

/** git's short form of an ssh address, `host:path`. */
function isScp(uri: string): boolean {
  return /^[^/]+:/.test(uri)
}

async function verify(
  source: RepositorySource,
  id: string,
  commit: SignedCommit,
  signal: AbortSignal,
): Promise<Signature> {
  const folderName = `env/trusted.keys/repository/${source.name}`
  const pins = source.name === 'gentoo' ? [GENTOO_KEYS.gitMirror] : []
  const role: Role = { name: 'repository', pins, folder: source.keys, folderName }
  const what = `The commit ${id} of the repository ${source.name}`
  return await withTrustedKeys(
    role,
    async ({ keyring, trusted }) => {
      if (commit.signature === undefined) {
        const hint = 'fetch it from an address whose newest commit is signed, such as the sync mirror for gentoo'
        throw distrust('repository-unsigned', `${what} is not signed.`, hint)
      }
      const folder = await mkdtemp(join(tmpdir(), 'gm-'))
      try {
        const [signature, payload] = [join(folder, 'signature'), join(folder, 'commit')]
        await writeFile(signature, commit.signature)
        await writeFile(payload, commit.payload)
        return believe(await verifyDetached(keyring, signature, payload, signal), trusted, role, what)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    signal,
  )
}

async function has(git: GitSetting, name: string, signal: AbortSignal): Promise<boolean> {
  const argv = [...git.argv, 'rev-parse', '--quiet', '--verify', '--end-of-options', `${name}^{commit}`] as const
  const ran = await run(argv, { env: git.env, accept: [0, 1, 128], signal })
  return ran.status === 0
}

async function ask(git: GitSetting, args: readonly string[], signal: AbortSignal): Promise<string> {
  const ran = await run([...git.argv, ...args], { env: git.env, signal, purpose: 'for an ebuild repository' })
  return ran.stdout
}
