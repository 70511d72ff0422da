/** GNU tar's command lines. Pure. They run inside the id map, so that owners and file capabilities are those seen inside. */

const ALL = ['--numeric-owner', '--xattrs', '--acls'] as const

/** Equal trees give equal bytes: see "The same bytes" in the facts. `--sparse` would write the process id. */
const REPEATABLE = [
  '--sort=name',
  '--format=pax',
  '--numeric-owner',
  '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime,delete=mtime',
] as const

/** The host's labels, and overlayfs's notes on which inode a file was copied from, are no content of a tree. */
const NOT_CONTENT = [
  'security.selinux',
  'security.ima',
  'security.evm',
  'user.overlay.origin',
  'user.overlay.impure',
  'user.overlay.nlink',
  'user.overlay.uuid',
].map((name) => `--xattrs-exclude=${name}`)

/** Whether the files may have attributes. Images have none, and tar would say of each of their files that it cannot ask. */
export type Attributes = 'attributes' | 'no attributes'

function attributeWords(attributes: Attributes): readonly string[] {
  return attributes === 'attributes' ? ['--xattrs', '--acls', ...NOT_CONTENT] : []
}

/** All that a tree's digest covers, without times. */
export function digestArgv(folder: string, attributes: Attributes = 'attributes'): string[] {
  const how = [...REPEATABLE, ...attributeWords(attributes), '--mtime=@0']
  return ['tar', '--create', '--file=-', ...how, `--directory=${folder}`, '.']
}

/**
 * Blocks of 512 bytes written at once. tar's own 20 are a write for each 10 KiB, which takes half of its time. The archive's
 * end is filled up to it.
 */
const AT_ONCE = '--blocking-factor=512'

/** A tree for the outside; times after `epoch` become `epoch`. */
export function exportArgv(folder: string, epoch: number, attributes: Attributes = 'attributes'): string[] {
  return ['tar', '--create', '--file=-', ...exportWords(folder, `@${epoch}`, attributes)]
}

/** The same tar into a file or a named pipe, with its list in another file: see `created-list.ts`. The time zone has to be UTC. */
export function exportIntoArgv(
  folder: string,
  epoch: number,
  attributes: Attributes,
  into: { readonly archive: string; readonly list: string },
): string[] {
  // In any other spelling tar says how it understood it.
  const time = new Date(epoch * 1000).toISOString().slice(0, 19).replace('T', ' ')
  const where = [`--file=${into.archive}`, '--verbose', '--verbose', `--index-file=${into.list}`]
  return ['tar', '--create', ...where, ...exportWords(folder, time, attributes)]
}

function exportWords(folder: string, time: string, attributes: Attributes): string[] {
  const how = [...REPEATABLE, ...attributeWords(attributes), `--mtime=${time}`, '--clamp-mtime']
  return [AT_ONCE, ...how, `--directory=${folder}`, '.']
}

/** File capabilities come back only with the include. */
export function extractArgv(folder: string): string[] {
  const how = ['--xattrs-include=*.*', '--same-owner', '--same-permissions', '--delay-directory-restore']
  return ['tar', '--extract', '--file=-', ...ALL, ...how, `--directory=${folder}`]
}

/** Content alone, for the caller: every file readable and every folder enterable by its owner, no special bits. */
export function copyOutArgv(folder: string, name: string): string[] {
  const how = ['--format=pax', '--sort=name', '--numeric-owner', '--mode=u+rwX,a-st']
  return ['tar', '--create', '--file=-', ...how, `--directory=${folder}`, `./${name}`]
}

export function copyInArgv(folder: string): [string, ...string[]] {
  return ['tar', '--extract', '--file=-', '--no-same-owner', '--same-permissions', `--directory=${folder}`]
}
