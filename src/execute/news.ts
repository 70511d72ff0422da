/** Which news items and security advisories concern which machines: the seed's own Portage is asked (`programs/news.py`). */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Engine, Mount } from '../engine/engine.ts'
import { EXIT, UserError } from '../errors.ts'
import type { PortageDirectory } from '../portage/model.ts'
import { containerEnvironment, PLACES } from './environment.ts'
import { Lines } from './lines.ts'
import { within } from './portageContainer.ts'
import { writePortageFolder } from './portageFolder.ts'
import { layOut } from './programs.ts'
import type { SeedValue } from './values.ts'

/** A package as a machine has it. */
export interface HeldPackage {
  /** `category/package-version`. */
  readonly cpv: string
  /** Where it is missing, the slot of the ebuild of that version, if there still is one. */
  readonly slot?: string
  readonly subslot?: string
  readonly repository?: string
  readonly use?: readonly string[]
}

export interface NewsMachine {
  readonly name: string
  readonly portage: PortageDirectory
  /** Empty for a machine that was never built. */
  readonly packages: readonly HeldPackage[]
}

export interface NewsRepository {
  readonly name: string
  /** Where Portage looks for it. */
  readonly location: string
  readonly tree: Mount['source']
}

/** Machines of one profile that have the same repositories at the same places. */
export interface NewsQuestion {
  readonly seed: Pick<SeedValue, 'tree' | 'profile'>
  readonly repositories: readonly NewsRepository[]
  readonly machines: readonly NewsMachine[]
}

/** A news item (GLEP 42). All texts are the repository's: not yet safe to show. */
export interface NewsItem {
  readonly id: string
  readonly repository: string
  readonly title: string
  readonly authors: readonly string[]
  /** `YYYY-MM-DD`. */
  readonly posted: string
  readonly revision: string
  readonly body: string
  /** Names of the machines it concerns, in the order they were asked for. */
  readonly machines: readonly string[]
}

/** A Gentoo Linux security advisory. All texts are the repository's: not yet safe to show. */
export interface Advisory {
  /** `YYYYMM-NN`. */
  readonly id: string
  readonly title: string
  readonly synopsis: string
  /** What its author calls the impact: `high`, `normal`, `low` … */
  readonly impact: string
  /** `remote`, `local` …, or nothing. */
  readonly access: string
  /** As it is written there, `YYYY-MM-DD`. */
  readonly announced: string
  /** The whole of it, laid out by Portage. */
  readonly text: string
  readonly packages: readonly {
    readonly name: string
    /** Keywords, `*` for all. */
    readonly arch: string
    /** Ranges such as `<1.1`. */
    readonly vulnerable: readonly string[]
    readonly unaffected: readonly string[]
  }[]
  /** Machine → its vulnerable packages; `upgrade` is the least version that helps, null where Portage finds none. */
  readonly hits: Readonly<Record<string, readonly { readonly cpv: string; readonly upgrade: string | null }[]>>
}

export interface NewsAnswer {
  /** Both by id, newest first. */
  readonly items: readonly NewsItem[]
  readonly advisories: readonly Advisory[]
  /** What could not be read and is left out. */
  readonly problems: readonly { readonly about: string; readonly message: string }[]
}

export interface NewsMeans {
  readonly engine: Pick<Engine, 'open'>
  /** An existing folder of the host below which ours is made, readable by containers. */
  readonly scratch: string
  readonly signal: AbortSignal
}

/** Where the machines' directories stand inside, a folder each. */
const MACHINES = '/run/gentoomuch-machines'

/** @throws UserError `portage-failed` where the seed's Portage gives no answer */
export async function askForNews(question: NewsQuestion, { engine, scratch, signal }: NewsMeans): Promise<NewsAnswer> {
  const folder = await mkdtemp(join(scratch, 'news-'))
  try {
    await chmod(folder, 0o755)
    await layOut(join(folder, 'programs'), ['news.py'])
    await writeMachines(join(folder, 'machines'), question)
    const opening = engine.open({
      tree: question.seed.tree,
      mounts: [
        { source: join(folder, 'programs'), target: PLACES.programs, readOnly: true },
        { source: join(folder, 'machines'), target: MACHINES, readOnly: true },
        ...question.repositories.map(({ location, tree }): Mount => ({
          source: tree,
          target: location,
          readOnly: true,
        })),
      ],
      folders: [],
      tmpfs: [],
      env: { ...containerEnvironment(), PYTHONDONTWRITEBYTECODE: '1' },
      network: false,
    })
    return await within(opening, async (container) => {
      const stdout = new PassThrough()
      const errors = new Lines(() => {})
      const [{ status }, answer] = await Promise.all([
        container
          .run(['python3', join(PLACES.programs, 'news.py'), MACHINES], { stdout, stderr: errors }, signal)
          .finally(() => stdout.end()),
        text(stdout),
      ])
      if (status === 0) return JSON.parse(answer) as NewsAnswer
      throw new UserError('portage-failed', `The seed's Portage cannot tell the news:\n${errors.last(10).join('\n')}`, {
        exit: EXIT.buildFailed,
      })
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Names of machines are no names of folders: any character may be in them. */
async function writeMachines(folder: string, { seed, repositories, machines }: NewsQuestion): Promise<void> {
  const locations = Object.fromEntries(repositories.map(({ name, location }) => [name, location]))
  const asked: unknown[] = []
  await mkdir(folder, { recursive: true })
  for (const [number, { name, portage, packages }] of machines.entries()) {
    const etc = join(folder, String(number), 'etc')
    await mkdir(etc, { recursive: true })
    await writePortageFolder(join(etc, 'portage'), portage, { seedProfile: seed.profile, locations })
    asked.push({ name, folder: String(number), packages })
  }
  await writeFile(join(folder, 'question.json'), JSON.stringify({ machines: asked }))
}
