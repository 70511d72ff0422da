/**
 * Layers that are one squashfs image: an ebuild repository is 30,000 to 170,000 small files, which as a folder cost as
 * many inodes and ten times the disk.
 * The kernel mounts an image only for real root, so an ordinary user's trees are folders. (squashfuse would need a server
 * of its own beside every container, to be ended with it, and gives every file to one user.)
 */
import { chmod, chown } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { UserError } from '../../errors.ts'
import { findProgram } from '../../system/os-packages.ts'
import type { Identity } from './identity.ts'
import { IMAGE } from './places.ts'
import { answerOf, errand, layerSource, removeBelow, type Where } from './workshop.ts'
import { incomingFolder } from './incoming.ts'

/**
 * In the order of trying. Measured on two cores with 30,000 small files (142 MB as a folder): lz4 0.9 s and 13.5 MB, gzip
 * 1.8 s and 8.7 MB, zstd 3.9 s and 7.4 MB, xz 6.6 s and 7 MB; read cold in any order, lz4 is the fastest as well.
 */
const COMPRESSORS = ['lz4', 'gzip'] as const

export type Compressor = (typeof COMPRESSORS)[number]

/** What holds for one data directory holds for all of the process's time. */
const answers = new Map<string, Promise<Compressor | undefined>>()

/** With what images are made here; undefined where none can be mounted. Found out once, by making and mounting one. */
export async function imageCompressor(where: Where): Promise<Compressor | undefined> {
  const known = answers.get(where.places.data) ?? tryAll(where)
  answers.set(where.places.data, known)
  return known
}

async function tryAll(where: Where): Promise<Compressor | undefined> {
  const isRoot = where.identity.outer === undefined
  if (!isRoot || (await findProgram('sqfstar')) === undefined) return undefined
  for (const compressor of COMPRESSORS) {
    if (await works(where, compressor)) return compressor
  }
  return undefined
}

/** An image of nothing but its root folder; what it is mounted like is what containers do. */
async function works(where: Where, compressor: Compressor): Promise<boolean> {
  const { identity, places } = where
  const folder = await incomingFolder(where)
  try {
    const image = await makeImage(identity, folder, Readable.from([Buffer.alloc(1024)]), compressor)
    const root = await answerOf(identity, {
      sources: [layerSource(image)],
      views: [{ kind: 'bind', source: 'layer', target: '/layer' }],
      argv: ['stat', '--format=%u:%g %a', '/layer'],
    })
    return root.toString() === '0:0 755\n'
  } catch (error) {
    if (error instanceof UserError && error.code === 'engine-failed') return false
    throw error
  } finally {
    await removeBelow(identity, places.incoming, folder)
  }
}

/**
 * @param folder empty, of the trees' owner
 * @param tar plain members only, see `TarMembers.oddAt`: all are root's, with one name each and without attributes
 * @returns the image's path
 */
export async function makeImage(
  identity: Identity,
  folder: string,
  tar: Readable,
  compressor: Compressor,
  signal?: AbortSignal,
): Promise<string> {
  await errand(
    identity,
    {
      sources: [{ name: 'layer', path: folder, access: 'rw' }],
      views: [{ kind: 'bind', source: 'layer', target: '/layer' }],
      argv: imageArgv(`/layer/new${IMAGE}`, identity, compressor),
    },
    { stdin: tar },
    signal,
  )
  const image = join(folder, `new${IMAGE}`)
  // The kernel reads it for root: nobody whose ids are inside may write to it.
  await chown(image, 0, 0)
  await chmod(image, 0o600)
  return image
}

/**
 * sqfstar's command line, squashfs-tools 4.5 and later. The image is mounted outside the user namespace, so what is
 * root's inside has the host's number of it. Blocks of 32 KiB: reading one small file unpacks one. Compression levels are
 * not told: 4.5.1 does not understand them.
 */
export function imageArgv(image: string, ids: { uid: number; gid: number }, compressor: Compressor): string[] {
  const [uid, gid] = [String(ids.uid), String(ids.gid)]
  const owners = ['-root-mode', '755', '-root-uid', uid, '-root-gid', gid, '-force-uid', uid, '-force-gid', gid]
  const how = [
    '-comp',
    compressor,
    '-b',
    '32K',
    '-mem',
    '256M',
    '-no-xattrs',
    '-exit-on-error',
    '-quiet',
    '-no-progress',
  ]
  return ['sqfstar', ...how, ...owners, image]
}
