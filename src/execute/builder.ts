/** builder: the seed brought up to its configuration, with its package sets; machines are compiled in copies of it. */
import type { Container, Mount } from '../engine/engine.ts'
import { PLACES, portageEnvironment } from './environment.ts'
import { emerge, emergeArgv } from './emerge.ts'
import type { Handler, Tools } from './handler.ts'
import { openPortage, within } from './portageContainer.ts'
import { runScripts } from './scripts.ts'
import { clockLines } from './portageFolder.ts'
import { asValue, inputOf, parent, valueOf, type PortageInput, type SeedValue, type TreeValue } from './values.ts'

interface BuilderInput extends PortageInput {
  readonly sets: readonly string[]
  readonly scripts: readonly { readonly name: string; readonly text: string }[]
}

/** Everything the builder has is brought to what its configuration asks for, with the sets on top. */
export function builderArgv(sets: readonly string[], extra: readonly string[]) {
  const atoms = ['@world', ...sets.map((set) => `@${set}`)]
  return emergeArgv(['--update', '--deep', '--newuse', '--with-bdeps=y', ...extra], atoms)
}

export const builder: Handler = {
  recipe: { version: 1, argv: builderArgv([], []), environment: portageEnvironment(1), clock: clockLines(0) },
  present: (output, _work, tools) => tools.engine.has(valueOf<TreeValue>(output).tree),
  isWhole: (output, _work, tools) => tools.engine.isWhole(valueOf<TreeValue>(output).tree),

  wish: (_work, tools) => Promise.resolve({ jobs: tools.allJobs, claims: [] }),

  async run(work, tools) {
    const { portage, sets, scripts } = inputOf<BuilderInput>(work)
    const from = valueOf<SeedValue>(parent(work, 'seed'))
    const opening = openPortage(work, tools, {
      tree: from.tree,
      portage,
      seedProfile: from.profile,
      mounts: [distfiles(tools)],
      phases: true,
    })
    return within(opening, async (container) => {
      await emerge(container, builderArgv(sets, [`--jobs=${tools.jobs}`]), tools, { purpose: 'making the builder' })
      await runScripts(container, scripts, tools)
      await forgetLogs(container, tools)
      const tree = await container.keepTree('/')
      return { digest: tree.digest, value: asValue({ tree }) }
    })
  },
}

export function distfiles(tools: Tools): Mount {
  return { source: tools.layout.distfiles, target: PLACES.distfiles, readOnly: true }
}

/** Logs and caches of Portage name times; without them an equal builder made twice is nearer to equal. */
async function forgetLogs(container: Container, tools: Tools): Promise<void> {
  await container.run(
    ['rm', '-rf', '--', '/var/log/emerge.log', '/var/log/emerge-fetch.log', '/var/cache/edb/mtimedb'],
    {},
    tools.signal,
  )
}
