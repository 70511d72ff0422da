/** finish: the machine's own files and settings, its scripts, and what it does without; all inside the root, no network. */
import { join } from 'node:path'
import type { Container, TreeRef } from '../engine/engine.ts'
import type {
  PlannedFile,
  PlannedFolder,
  PlannedLocale,
  PlannedRemoval,
  PlannedService,
  PlannedTimezone,
} from '../plan/machines.ts'
import { containerEnvironment, PLACES } from './environment.ts'
import { filesOf, INSTALL, install, stage, STAGED } from './finish/files.ts'
import { LOCALE_PROGRAMS, makeLocales } from './finish/locales.ts'
import { REMOVE, removePaths } from './finish/removals.ts'
import { settleServices, SERVICE_PROGRAMS } from './finish/services.ts'
import { settleTimezone, TIMEZONE_PROGRAMS } from './finish/timezone.ts'
import { makeTmpfiles, needsNoTmpfiles, TMPFILES_PROGRAMS } from './finish/tmpfiles.ts'
import type { Handler, Tools } from './handler.ts'
import { within } from './portageContainer.ts'
import { layOut, programDigest } from './programs.ts'
import { runScripts, SCRIPT_PROGRAMS, type Script } from './scripts.ts'
import { asValue, inputOf, parent, valueOf, type TreeValue } from './values.ts'

export interface FinishInput {
  readonly files: readonly PlannedFile[]
  readonly folders: readonly PlannedFolder[]
  readonly hostname?: string
  readonly timezone?: PlannedTimezone
  readonly locales: readonly PlannedLocale[]
  readonly services: readonly PlannedService[]
  readonly scripts: readonly Script[]
  readonly removals: readonly PlannedRemoval[]
}

export const finish: Handler = {
  recipe: {
    version: 3,
    install: [...INSTALL, programDigest('install.sh')],
    timezone: TIMEZONE_PROGRAMS,
    locales: LOCALE_PROGRAMS,
    services: SERVICE_PROGRAMS,
    tmpfiles: TMPFILES_PROGRAMS,
    scripts: SCRIPT_PROGRAMS,
    remove: [...REMOVE, programDigest('remove.sh')],
    environment: containerEnvironment(),
  },
  present: (output, _work, tools) => tools.engine.has(valueOf<TreeValue>(output).tree),
  isWhole: (output, _work, tools) => tools.engine.isWhole(valueOf<TreeValue>(output).tree),

  async run(work, tools) {
    const input = inputOf<FinishInput>(work)
    const { tree } = valueOf<TreeValue>(parent(work, 'root'))
    if (isEmpty(input) && (await needsNoTmpfiles(tree, tools)))
      return { digest: tree.digest, value: asValue({ tree }), summary: 'nothing to add' }
    const files = filesOf(input)
    return within(open(tree, files, tools), async (container) => {
      await install(container, files, input.folders, tools)
      if (input.timezone !== undefined)
        await settleTimezone(container, input.timezone, tools, brings(input, 'etc/timezone'))
      await makeLocales(container, input.locales, tools)
      await settleServices(container, input.services, tools)
      await makeTmpfiles(container, tools)
      await runScripts(container, input.scripts, tools)
      const removed = await removePaths(container, input.removals, tools)
      const finished = await container.keepTree('/')
      return {
        digest: finished.digest,
        value: asValue({ tree: finished }),
        summary: summaryOf(input, files.length, removed),
      }
    })
  },
}

/** The copy that becomes the finished root: hard links in it survive being written to. */
async function open(tree: TreeRef, files: readonly PlannedFile[], tools: Tools): Promise<Container> {
  const programs = join(await tools.folder(), 'programs')
  await layOut(programs, ['install.sh', 'remove.sh'])
  const staged = await stage(files, tools)
  return tools.engine.open({
    tree,
    root: 'copied',
    mounts: [
      { source: staged, target: STAGED, readOnly: true },
      { source: programs, target: PLACES.programs, readOnly: true },
    ],
    folders: [],
    tmpfs: [],
    env: containerEnvironment(),
    network: false,
  })
}

function isEmpty(input: FinishInput): boolean {
  const { folders, scripts, locales, services, removals } = input
  return [filesOf(input), folders, scripts, locales, services, removals].every((list) => list.length === 0)
}

function brings({ files }: FinishInput, path: string): boolean {
  return files.some((file) => file.path === path)
}

function summaryOf({ folders, locales, services, scripts }: FinishInput, files: number, removed: number): string {
  const counts: [number, string][] = [
    [files, 'file'],
    [folders.length, 'folder'],
    [locales.length, 'locale'],
    [services.length, 'service'],
    [scripts.length, 'script'],
    [removed, 'removed path'],
  ]
  const said = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}${count === 1 ? '' : 's'}`)
  return said.length === 0 ? 'nothing to add' : said.join(', ')
}
