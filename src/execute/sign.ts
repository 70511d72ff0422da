/** sign: signatures over what was packed, then the whole build published at once. gpg never enters a container. */
import { cp, link, readdir, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Packed } from '../artifacts/pack.ts'
import { pointLatest, publishBuild } from '../artifacts/publish.ts'
import { digestOf } from '../plan/json.ts'
import { exists, filesIn } from '../system/files.ts'
import { hashFile } from '../system/hash.ts'
import { removeFolder } from '../system/move.ts'
import type { Handler, Tools, Work } from './handler.ts'
import { timestamp } from './pack.ts'
import { asValue, inputOf, parent, valueOf, type PackedValue, type PublishedValue } from './values.ts'

interface SignInput {
  readonly name: string
  /** Fingerprint; absent for an unsigned build. */
  readonly signer?: string
}

export const sign: Handler = {
  recipe: { version: 2 },

  async present(output, work, tools) {
    const { name } = inputOf<SignInput>(work)
    const { build, files } = valueOf<PublishedValue>(output)
    const latest = await readlink(join(tools.layout.stages, name, 'latest')).catch(() => undefined)
    if (latest !== basename(build)) return false
    const found = await filesIn(join(tools.layout.stages, build)).catch((): Record<string, number> => ({}))
    return Object.entries(files).every(([file, bytes]) => found[file] === bytes)
  },

  async run(work, tools) {
    const { name, signer } = inputOf<SignInput>(work)
    const value = valueOf<PackedValue>(parent(work, 'packed'))
    const build = buildName(value, signer)
    const home = join(tools.layout.stages, name)
    if (await isRight(join(home, build), work, value.packed)) await pointLatest(home, build)
    else await publish(work, tools, value, build)
    const published: PublishedValue = { build: join(name, build), files: await filesIn(join(home, build)) }
    return {
      digest: digestOf(published.build),
      value: asValue(published),
      summary: join(home, build, value.packed.tarball.name),
    }
  },
}

/** Named by time and content: the same build has the same name, and a build signed by another key is another build. */
function buildName(value: PackedValue, signer: string | undefined): string {
  const content = value.packed.tarball.sha512.slice(0, 12)
  return `${timestamp(value.epoch)}-${content}-${signer === undefined ? 'unsigned' : signer.slice(-8).toLowerCase()}`
}

/** Whether a build of which nothing is written down is what its name says: each file is there, the tarball with its bytes. */
async function isRight(folder: string, work: Work, { tarball }: Packed): Promise<boolean> {
  const endings = ['.CONTENTS.gz', '.DIGESTS', '.packages', '.sha256', '.sources']
  if (inputOf<SignInput>(work).signer !== undefined) endings.push('.asc')
  const found = await filesIn(folder).catch((): Record<string, number> => ({}))
  if (!endings.every((ending) => (found[`${tarball.name}${ending}`] ?? 0) > 0)) return false
  if (found[tarball.name] !== tarball.bytes) return false
  return (await hashFile(join(folder, tarball.name), 'sha512')) === tarball.sha512
}

async function publish(work: Work, tools: Tools, value: PackedValue, build: string): Promise<void> {
  const { name, signer } = inputOf<SignInput>(work)
  const folder = await tools.folder()
  const source = join(tools.layout.packed, value.folder)
  for (const file of await readdir(source)) {
    // The tarball is shared with the store; scratch on another file system takes a copy.
    await link(join(source, file), join(folder, file)).catch(() => cp(join(source, file), join(folder, file)))
  }
  if (signer !== undefined) {
    tools.progress(`signing ${value.packed.tarball.name}`)
    await tools.signing.sign({ folder, packed: value.packed, fingerprint: signer, signal: tools.signal })
  }
  const place = join(tools.layout.stages, name, build)
  if (await exists(place)) {
    tools.note('warning', `${place} was damaged; it is published again.`)
    await removeFolder(place)
  }
  await publishBuild({ stages: tools.layout.stages, name, build, from: folder })
}
