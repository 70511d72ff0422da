/**
 * An rsync repository, transferred and verified by the seed's own Portage: its gemato holds every file against the signed
 * top-level Manifest (GLEP 74) before anything takes the place of what was there. What comes out is looked at once more by
 * whoever imports it.
 */
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EXIT } from '../errors.ts'
import type { FilesRef, Mount, TreeRef } from '../engine/engine.ts'
import type { Repository } from '../portage/model.ts'
import { masked } from '../system/http-error.ts'
import { portageEnvironment } from './environment.ts'
import { StepFailure } from './failure.ts'
import type { Tools } from './handler.ts'
import { Lines } from './lines.ts'
import { within } from './portageContainer.ts'

const PREVIOUS = '/run/gentoomuch/previous'
const KEYS = '/run/gentoomuch/keys.asc'

export interface RsyncOptions {
  readonly seed: TreeRef
  /** Public keys that may sign the Manifest; undefined: repos.conf says that nothing is verified. */
  readonly keys: Uint8Array | undefined
  /** What is here already: files that are equal there are not transferred. */
  readonly previous: TreeRef | undefined
}

/** @returns a folder of the caller's own @throws StepFailure, exit 3 where Portage does not believe what came */
export async function rsyncRepository(
  repository: Repository,
  { seed, keys, previous }: RsyncOptions,
  tools: Pick<Tools, 'engine' | 'folder' | 'jobs' | 'line' | 'signal'>,
): Promise<FilesRef> {
  const staging = await tools.folder()
  const mounts: Mount[] = [{ source: join(staging, 'portage'), target: '/etc/portage', readOnly: true }]
  await mkdir(join(staging, 'portage'))
  await writeFile(join(staging, 'portage', 'repos.conf'), reposConf(repository, keys !== undefined, previous))
  if (keys !== undefined) {
    await writeFile(join(staging, 'keys.asc'), keys)
    await chmod(join(staging, 'keys.asc'), 0o644)
    mounts.push({ source: join(staging, 'keys.asc'), target: KEYS, readOnly: true })
  }
  if (previous !== undefined) mounts.push({ source: previous, target: PREVIOUS, readOnly: true })
  const local = localFolder(repository.syncUri ?? '')
  if (local !== undefined && (await stat(local).catch(() => undefined))?.isDirectory() === true)
    mounts.push({ source: local, target: local, readOnly: true })
  const opening = tools.engine.open({
    tree: seed,
    mounts,
    folders: [repository.location],
    tmpfs: [],
    env: { ...portageEnvironment(tools.jobs), FEATURES: '-usersync -news -userpriv -userfetch' },
    network: true,
  })
  return within(opening, async (container) => {
    let distrusted = false
    const output = new Lines((line) => {
      distrusted ||= DISTRUST.test(line)
      tools.line(line)
    })
    const argv = ['emerge', '--ignore-default-opts', '--color=n', '--sync', repository.name] as const
    const { status } = await container.run(argv, { stdout: output, stderr: output }, tools.signal)
    if (status !== 0) throw failure(repository, distrusted, output.last(25))
    return container.keepFiles(repository.location)
  })
}

/**
 * What Portage prints where a Manifest, or what it lists, is not to be believed (portage.sync.modules.rsync, 3.0.83). Of a
 * Manifest without a signature or a time, and of none at all, a traceback is all that it prints. That it speaks of OpenPGP
 * says nothing: it does before every transfer.
 */
const DISTRUST =
  /!!! Manifest verification (failed|impossible)|OpenPGP signature not found on Manifest|Timestamp not found in Manifest|No such file or directory: '[^']*\/Manifest'/

function failure(repository: Repository, distrusted: boolean, lastLines: readonly string[]): StepFailure {
  const address = masked(repository.syncUri ?? 'nowhere')
  return new StepFailure({
    code: distrusted ? 'repository-untrusted' : 'repository-fetch',
    message: distrusted
      ? `Portage does not believe what ${address} gave as the repository ${repository.name}.`
      : `The repository ${repository.name} could not be fetched from ${address}.`,
    ...(distrusted ? { exit: EXIT.untrusted } : {}),
    lastLines,
    hint: distrusted
      ? `see whether env/trusted.keys/snapshot/${repository.name} has the key that signs it, and try another mirror`
      : 'see whether the address is right and can be reached',
  })
}

/** The user's own `sync-*` keys, and ours on top. */
function reposConf(repository: Repository, verify: boolean, previous: TreeRef | undefined): string {
  const extra = repository.options['sync-rsync-extra-opts'] ?? ''
  const keys: Record<string, string> = {
    ...repository.options,
    location: repository.location,
    'auto-sync': 'yes',
    'sync-type': 'rsync',
    'sync-rsync-verify-metamanifest': verify ? 'yes' : 'no',
    'sync-openpgp-key-refresh': 'no',
    ...(verify ? { 'sync-openpgp-key-path': KEYS } : {}),
    'sync-rsync-extra-opts': previous === undefined ? extra : `--copy-dest=${PREVIOUS} ${extra}`.trim(),
  }
  const lines = Object.entries(keys).map(([key, value]) => `${key} = ${value.replaceAll('%', '%%')}\n`)
  return `[DEFAULT]\nmain-repo = ${repository.name}\n[${repository.name}]\n${lines.join('')}`
}

function localFolder(uri: string): string | undefined {
  const path = uri.startsWith('file://') ? uri.slice('file://'.length) : uri
  return path.startsWith('/') ? path : undefined
}
