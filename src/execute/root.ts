/** root: the machine's root, assembled from binary packages alone. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '../plan/json.ts'
import { targets, type Resolved } from '../plan/resolved.ts'
import type { PortageDirectory } from '../portage/model.ts'
import { ASSEMBLE, assembleByEmerge, settle } from './assemble.ts'
import { begin, openAssembly } from './begin.ts'
import { PLACES, portageEnvironment } from './environment.ts'
import type { Handler, Tools } from './handler.ts'
import { within } from './portageContainer.ts'
import { clockLines, profilePath } from './portageFolder.ts'
import { programDigest } from './programs.ts'
import { rootAtoms } from './resolve.ts'
import {
  asValue,
  inputOf,
  parent,
  valueOf,
  type PortageInput,
  type RootValue,
  type SeedValue,
  type TreeValue,
} from './values.ts'

interface RootInput extends PortageInput {
  readonly sets: readonly string[]
}

/** The composed directory as the finished root carries it: the user's own values, without what the build brought in. */
const FINAL_PORTAGE = '/run/gentoomuch-portage'

export const root: Handler = {
  recipe: {
    version: 3,
    assemble: ASSEMBLE,
    settle: programDigest('settle.py'),
    environment: portageEnvironment(1),
    clock: clockLines(0),
  },
  present: (output, _work, tools) => tools.engine.has(valueOf<TreeValue>(output).tree),
  isWhole: (output, _work, tools) => tools.engine.isWhole(valueOf<TreeValue>(output).tree),

  /** Two roots that would make the same layer: one makes it, the other waits and begins with it. */
  async wish(work, tools) {
    const layers = tools.layers.claim(work, await tools.layers.find(work))
    return { jobs: 1, claims: layers.map(({ key }) => `layer ${key}`) }
  },

  async run(work, tools) {
    const { portage, sets, locations } = inputOf<RootInput>(work)
    const resolved = valueOf<Resolved>(parent(work, 'resolved'))
    const from = valueOf<SeedValue>(parent(work, 'seed'))
    const { segments } = tools.layers.courseOf(work)
    const packages = [...new Set(targets(resolved).map(({ cpv }) => cpv))].toSorted()
    const begun = await begin(work, tools)
    const assembling = await openAssembly(work, tools, begun, segments.length, {
      mounts: [{ source: await writeFinal(portage, tools), target: FINAL_PORTAGE, readOnly: true }],
      settling: {
        portage: FINAL_PORTAGE,
        profile: relativeProfile(profilePath(portage, { seedProfile: from.profile, locations })),
        asked: sets.map((set) => `@${set}`).toSorted(),
        packages,
      },
    })
    return within(Promise.resolve(assembling.container), async (container) => {
      if (!(await assembling.assemble())) {
        await assembleByEmerge(container, segments, rootAtoms(sets), tools, assembling.purpose)
        await settle(container, tools, assembling.purpose)
      }
      const tree = await container.keepTree(PLACES.target)
      const value: RootValue = { tree, packages }
      const shared = begun === undefined ? '' : `, ${begun.beginning.packages} of them from a shared layer`
      return {
        digest: digestOf({ tree: tree.digest, packages }),
        value: asValue(value),
        summary: `${packages.length} packages${shared}`,
      }
    })
  },
}

async function writeFinal(portage: PortageDirectory, tools: Tools): Promise<string> {
  const folder = await tools.folder()
  for (const file of portage.files) {
    await mkdir(join(folder, file.path, '..'), { recursive: true })
    await writeFile(join(folder, file.path), Buffer.from(file.bytes, 'latin1'), {
      mode: file.executable ? 0o755 : 0o644,
    })
  }
  return folder
}

/** As upstream writes it: relative to /etc/portage, so that it holds in any chroot. */
function relativeProfile(path: string): string {
  return `../..${path}`
}
