/** seed: the verified stage3, unpacked. */
import { join } from 'node:path'
import { readFile, rm } from 'node:fs/promises'
import { EXIT, UserError } from '../errors.ts'
import { hashFile } from '../system/hash.ts'
import { openStage3Tar } from '../upstream/stage3-tar.ts'
import { containerEnvironment, PLACES } from './environment.ts'
import type { Handler, Tools } from './handler.ts'
import type { TreeRef } from '../engine/engine.ts'
import { within } from './portageContainer.ts'
import { layOut, programDigest } from './programs.ts'
import { asValue, inputOf, valueOf, type SeedValue } from './values.ts'

interface SeedInput {
  readonly sha512: string
  readonly name: string
}

export const seed: Handler = {
  recipe: { version: 2, program: programDigest('about.py') },
  present: (output, _work, tools) => tools.engine.has(valueOf<SeedValue>(output).tree),

  async run(work, tools) {
    const { sha512, name } = inputOf<SeedInput>(work)
    const path = join(tools.layout.seeds, sha512, name)
    // The kept copy is verified again: what is read back decides everything that follows.
    tools.progress(`verifying ${name}`)
    const kept = await hashFile(path, 'sha512').catch(() => undefined)
    if (kept !== sha512)
      throw new UserError(
        'seed-damaged',
        `The kept stage3 ${path} ${kept === undefined ? 'is gone' : 'is not what was verified'}.`,
        {
          hint: 'bootstrap the profile again with the same stage3',
          exit: EXIT.untrusted,
        },
      )
    tools.progress(`unpacking ${name}`)
    const tree = await tools.engine.importTree(openStage3Tar(path, tools.signal))
    const found = await lookInto(tree, tools)
    return { digest: tree.digest, value: asValue({ tree, ...found }), summary: name }
  },
}

/** Upstream's make.profile is a relative link; a seed without one, or without Portage, is no stage3. */
const LOOK = `
p=$(readlink -m /etc/portage/make.profile) && [[ $p != /etc/portage/make.profile ]] && printf %s "$p" > /out/profile || exit 3
python3 ${PLACES.programs}/about.py > /out/portage.json || exit 4
`

const MISSING: Readonly<Record<number, string>> = {
  3: 'The tarball has no /etc/portage/make.profile',
  4: 'The tarball has no Portage that can be asked',
}

async function lookInto(tree: TreeRef, tools: Tools): Promise<Omit<SeedValue, 'tree'>> {
  const programs = join(await tools.folder(), 'programs')
  await layOut(programs, ['about.py'])
  const opening = tools.engine.open({
    tree,
    mounts: [{ source: programs, target: PLACES.programs, readOnly: true }],
    folders: ['/out'],
    tmpfs: [],
    env: containerEnvironment(),
    network: false,
  })
  return within(opening, async (container) => {
    const { status } = await container.run(['bash', '-c', LOOK], {}, tools.signal)
    if (status !== 0)
      throw new UserError(
        'no-stage3',
        `${MISSING[status] ?? 'The tarball cannot be looked into'}: it is no Gentoo stage3.`,
        {
          exit: EXIT.untrusted,
        },
      )
    const files = await container.keepFiles('/out')
    const [profile, about] = await Promise.all(
      ['profile', 'portage.json'].map((name) => readFile(join(files.path, name), 'utf8')),
    )
    await rm(files.path, { recursive: true, force: true })
    return { profile: profile ?? '', portage: JSON.parse(about ?? '') as SeedValue['portage'] }
  })
}
