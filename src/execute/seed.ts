/** seed: the verified stage3, unpacked. */
import { join } from 'node:path'
import { readFile, rm } from 'node:fs/promises'
import { EXIT, UserError } from '../errors.ts'
import { openStage3Tar } from '../upstream/stage3-tar.ts'
import { treeArches } from './tree-arches.ts'
import { containerEnvironment, PLACES } from './environment.ts'
import type { Handler, Tools } from './handler.ts'
import type { TreeRef } from '../engine/engine.ts'
import { within } from './portageContainer.ts'
import { layOut, programDigest } from './programs.ts'
import { asValue, inputOf, valueOf, type SeedValue } from './values.ts'

interface SeedInput {
  readonly sha512: string
  readonly name: string
  readonly arch: string
}

/** A stage3 has 100,000 to 200,000 files, and unpacks to 1 to 3 GiB. */
const MOST = { maxBytes: 16 * 1024 ** 3, maxMembers: 2_000_000 } as const

export const seed: Handler = {
  recipe: { version: 3, program: programDigest('about.py') },
  present: (output, _work, tools) => tools.engine.has(valueOf<SeedValue>(output).tree),
  isWhole: (output, _work, tools) => tools.engine.isWhole(valueOf<SeedValue>(output).tree),

  async run(work, tools) {
    const { sha512, name, arch } = inputOf<SeedInput>(work)
    const path = join(tools.layout.seeds, sha512, name)
    tools.progress(`verifying and unpacking ${name}`)
    // The kept copy is hashed while it is unpacked: what was verified is what there is, with no moment between.
    const tree = await tools.engine.importTree(openStage3Tar(path, { sha512, signal: tools.signal }), MOST)
    try {
      await demandArch(tree, name, arch, tools)
      const found = await lookInto(tree, tools)
      return { digest: tree.digest, value: asValue({ tree, ...found }), summary: name }
    } catch (error) {
      await tools.engine.remove(tree, [])
      throw error
    }
  },
}

async function demandArch(tree: TreeRef, name: string, arch: string, tools: Tools): Promise<void> {
  const arches = await treeArches(tools.engine, tree)
  if (arches === undefined)
    throw new UserError('no-stage3', `${name} has no shell: it is no Gentoo stage3.`, { exit: EXIT.untrusted })
  if (!arches.includes(arch))
    throw new UserError(
      'wrong-architecture',
      `The programs in ${name} are for ${arches.join(' or ') || 'another machine'}; the configuration is for ${arch}.`,
      { hint: `take a stage3 of ${arch}, or change env/arch`, exit: EXIT.untrusted },
    )
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
