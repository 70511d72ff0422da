/** sign: signatures over what was packed, then the whole build published at once. gpg never enters a container. */
import { cp, link, readdir, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pointLatest, publishBuild } from '../artifacts/publish.ts'
import { signStage } from '../artifacts/sign.ts'
import { digestOf } from '../plan/json.ts'
import { exists } from '../system/files.ts'
import type { Handler, Tools, Work } from './handler.ts'
import { timestamp } from './pack.ts'
import { asValue, inputOf, parent, valueOf, type PackedValue, type PublishedValue } from './values.ts'

interface SignInput {
  readonly name: string
  /** Fingerprint; absent for an unsigned build. */
  readonly signer?: string
}

export const sign: Handler = {
  recipe: { version: 1 },

  async present(output, work, tools) {
    const { name } = inputOf<SignInput>(work)
    const { build } = valueOf<PublishedValue>(output)
    const latest = await readlink(join(tools.layout.stages, name, 'latest')).catch(() => undefined)
    return latest === basename(build) && (await exists(join(tools.layout.stages, build)))
  },

  async run(work, tools) {
    const { name, signer } = inputOf<SignInput>(work)
    const value = valueOf<PackedValue>(parent(work, 'packed'))
    const build = buildName(value, signer)
    const home = join(tools.layout.stages, name)
    if (await exists(join(home, build))) await pointLatest(home, build)
    else await publish(work, tools, value, build)
    const published: PublishedValue = { build: join(name, build) }
    return {
      digest: digestOf({ ...published }),
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
    const home = tools.signer?.home
    await signStage({
      folder,
      packed: value.packed,
      signer: { key: signer, ...(home === undefined ? {} : { home }) },
      signal: tools.signal,
    })
  }
  await publishBuild({ stages: tools.layout.stages, name, build, from: folder })
}
