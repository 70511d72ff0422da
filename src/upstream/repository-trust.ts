/** Whether what a repository came with is signed by somebody who may. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Signature } from '../system/gpg.ts'
import { masked } from '../system/http-error.ts'
import type { Pinned, RepositorySource } from './repository-source.ts'
import type { SignedCommit } from './signed-commit.ts'
import { isTrusted } from './trust-keys.ts'
import { distrust, repositoryRole, snapshotRole, withTrustedKeys } from './trust.ts'

/**
 * @param known whether this very commit was trusted before, by this host's own mirror: a key that has expired since then does no harm
 * @throws UserError `repository-unsigned` and its siblings, exit 3
 */
export async function verifyCommit(
  { name, keys: sources }: RepositorySource,
  id: string,
  commit: Promise<SignedCommit>,
  known = false,
): Promise<Signature> {
  const what = `The commit ${id} of the repository ${name}`
  return await withTrustedKeys(repositoryRole(sources, name), sources, async (keys) => {
    const { signature: bytes, payload: signed } = await commit
    if (bytes === undefined) {
      const hint = 'fetch it from an address whose newest commit is signed, such as the sync mirror for gentoo'
      throw distrust('repository-unsigned', `${what} is not signed.`, hint)
    }
    const folder = await mkdtemp(join(tmpdir(), 'gm-'))
    try {
      const [signature, payload] = [join(folder, 'signature'), join(folder, 'commit')]
      await writeFile(signature, bytes)
      await writeFile(payload, signed)
      return await keys.detached(signature, payload, what, { known: () => Promise.resolve(known) })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}

/**
 * A repository that was signed does not become an unsigned one without a word, as when a `.git` goes away: what is there then
 * is a folder, the one type where demanding signatures finds none.
 * @param primary who signed the state that is to take the locked one's place
 * @throws UserError `repository-unsigned`, exit 3
 */
export function demandStillSigned(
  { name, uri, verify }: RepositorySource,
  primary: string | undefined,
  locked: Pinned | undefined,
): void {
  if (!verify || primary !== undefined || locked?.signedBy === undefined) return
  const message = `The locked state of ${name} is signed by ${locked.signedBy}, and ${masked(uri)} is a plain folder, where nothing is signed.`
  const waived = `sync-git-verify-commit-signature = no in the [${name}] section of repos.conf takes it as it is`
  throw distrust('repository-unsigned', message, `see whether a git repository is to lie there; ${waived}`)
}

/** A webrsync snapshot, by its detached signature. */
export async function verifySnapshot(
  { name, keys: sources }: RepositorySource,
  signature: string,
  file: string,
): Promise<Signature> {
  return await withTrustedKeys(snapshotRole(sources, name), sources, (keys) =>
    keys.detached(signature, file, `The snapshot ${basename(file)}`),
  )
}

/** The clearsigned top-level Manifest of an rsync tree; gives what is signed. */
export async function verifyManifest(
  { name, keys: sources }: RepositorySource,
  manifest: string,
): Promise<Signature & { readonly text: string }> {
  return await withTrustedKeys(snapshotRole(sources, name), sources, (keys) =>
    keys.clear(manifest, `The Manifest of the repository ${name}`),
  )
}

/**
 * That a key which signed what a kept revision was made of may still do so.
 * @throws UserError `snapshot-wrong-key`, exit 3
 */
export async function demandTrusted(
  { name, keys: sources }: RepositorySource,
  signedBy: string,
  revision: string,
): Promise<void> {
  const role = snapshotRole(sources, name)
  if (await isTrusted(signedBy, role, sources)) return
  const message = `The state ${revision} of ${name} was signed by ${signedBy}, a key that may not sign a snapshot now.`
  throw distrust('snapshot-wrong-key', message, `put that key into ${role.folderName}, or gentoomuch sync ${name}`)
}
