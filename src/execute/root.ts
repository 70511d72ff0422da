/** root: the machine's root, assembled from binary packages alone. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mount } from '../engine/engine.ts'
import { digestOf } from '../plan/json.ts'
import { targets, type Resolved } from '../plan/resolved.ts'
import type { PortageDirectory } from '../portage/model.ts'
import { ASSEMBLE, assembleByEmerge } from './assemble.ts'
import { begin, openAssembly } from './begin.ts'
import { PLACES, portageEnvironment } from './environment.ts'
import type { Handler, Tools } from './handler.ts'
import { mustAnswer } from './must.ts'
import { within } from './portageContainer.ts'
import { clockLines, profilePath } from './portageFolder.ts'
import { rootAtoms } from './resolve.ts'
import {
  asValue,
  epochOf,
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

/**
 * What is done when all packages are in, in one command, for entering a container takes its time: the composed directory
 * and the profile link, what the machine asked for as emerge writes it down (the folder is Portage's, made while merging),
 * everything that differs from run to run, and the list of /var/db/pkg as category/package lines, on stdout.
 * SETTLE ROOT FINAL PROFILE NORMALISE EPOCH [@SET]…
 */
const SETTLE = `set -e -o pipefail
exec 3>&1 >&2
root=$1 final=$2 profile=$3 normalise=$4 epoch=$5
shift 5
cd -- "$root/etc"
rm -rf portage
cp -RT --preserve=mode --no-preserve=ownership,timestamps "$final" portage
chmod -R u=rwX,go=rX portage
rm -f portage/make.profile
ln -s "$profile" portage/make.profile
cd -- "$root/var/lib/portage"
: > world
(($# == 0)) || printf '%s\\n' "$@" > world_sets
python3 "$normalise" "$root" "$epoch"
cd -- "$root/var/db/pkg"
find . -mindepth 2 -maxdepth 2 -type d -printf '%P\\n' | LC_ALL=C sort >&3`

export const root: Handler = {
  recipe: {
    version: 3,
    assemble: ASSEMBLE,
    settle: SETTLE,
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
    const begun = await begin(work, tools)
    const final: Mount = { source: await writeFinal(portage, tools), target: FINAL_PORTAGE, readOnly: true }
    const assembling = await openAssembly(work, tools, begun, segments.length, [final])
    return within(Promise.resolve(assembling.container), async (container) => {
      if (!(await assembling.assemble()))
        await assembleByEmerge(container, segments, rootAtoms(sets), tools, assembling.purpose)
      tools.progress('taking out what differs from run to run')
      const profile = relativeProfile(profilePath(portage, { seedProfile: from.profile, locations }))
      const normalise = join(PLACES.programs, 'normalise.py')
      const words = [PLACES.target, FINAL_PORTAGE, profile, normalise, String(epochOf(work))]
      const asked = sets.map((set) => `@${set}`).toSorted()
      const list = await mustAnswer(container, ['bash', '-c', SETTLE, 'settle', ...words, ...asked], tools)
      const packages = list.split('\n').filter((line) => line !== '')
      checkComplete(packages, resolved)
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

/** What Portage resolved is what has to be there: a set that lost a package must not go out quietly. */
function checkComplete(packages: readonly string[], resolved: Resolved): void {
  const there = new Set(packages)
  const lost = targets(resolved).filter((entry) => !there.has(entry.cpv))
  const wanted = new Set(targets(resolved).map((entry) => entry.cpv))
  const extra = packages.filter((cpv) => !wanted.has(cpv))
  if (lost.length + extra.length > 0)
    throw new Error(
      `the root does not hold what was resolved: missing ${lost.map((entry) => entry.cpv).join(' ') || 'nothing'}, unasked ${extra.join(' ') || 'nothing'}`,
    )
}

/** As upstream writes it: relative to /etc/portage, so that it holds in any chroot. */
function relativeProfile(path: string): string {
  return `../..${path}`
}
