/** seed: the verified stage3, unpacked. */
import { join } from 'node:path'
import { readFile, rm } from 'node:fs/promises'
import { EXIT, UserError } from '../errors.ts'
import { hashFile } from '../system/hash.ts'
import { openStage3Tar } from '../upstream/stage3-tar.ts'
import { containerEnvironment } from './environment.ts'
import type { Handler, Tools } from './handler.ts'
import type { TreeRef } from '../engine/engine.ts'
import { within } from './portageContainer.ts'
import { asValue, inputOf, valueOf, type SeedValue } from './values.ts'

interface SeedInput {
  readonly sha512: string
  readonly name: string
}

export const seed: Handler = {
  recipe: { version: 1 },
  present: (output, _work, tools) => tools.engine.has(valueOf<SeedValue>(output).tree),

  async run(work, tools) {
    const { sha512, name } = inputOf<SeedInput>(work)
    const path = join(tools.layout.seeds, sha512, name)
    // The kept copy is verified again: what is read back decides everything that follows.
    tools.progress(`verifying ${name}`)
    const found = await hashFile(path, 'sha512').catch(() => undefined)
    if (found !== sha512)
      throw new UserError(
        'seed-damaged',
        `The kept stage3 ${path} ${found === undefined ? 'is gone' : 'is not what was verified'}.`,
        {
          hint: 'bootstrap the profile again with the same stage3',
          exit: EXIT.untrusted,
        },
      )
    tools.progress(`unpacking ${name}`)
    const tree = await tools.engine.importTree(openStage3Tar(path, tools.signal))
    const profile = await readProfileLink(tree, tools)
    return { digest: tree.digest, value: asValue({ tree, profile }), summary: name }
  },
}

/** Upstream's make.profile is a relative link; a seed without one is no stage3. */
async function readProfileLink(tree: TreeRef, tools: Tools): Promise<string> {
  const spec = { tree, mounts: [], folders: ['/out'], tmpfs: [], env: containerEnvironment(), network: false } as const
  return within(tools.engine.open(spec), async (container) => {
    const script =
      'p=$(readlink -m /etc/portage/make.profile) && [[ $p != /etc/portage/make.profile ]] && printf %s "$p" > /out/profile'
    const exit = await container.run(['bash', '-c', script], {}, tools.signal)
    if (exit.status !== 0)
      throw new UserError('no-stage3', 'The tarball has no /etc/portage/make.profile: it is no Gentoo stage3.', {
        exit: EXIT.untrusted,
      })
    const files = await container.keepFiles('/out')
    const profile = await readFile(join(files.path, 'profile'), 'utf8')
    await rm(files.path, { recursive: true, force: true })
    return profile
  })
}
