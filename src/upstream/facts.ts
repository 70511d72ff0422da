/** What a repository says of itself, as far as planning needs it. */
import { join } from 'node:path'
import * as v from 'valibot'
import { ebuildAt, metadataAt } from '../portage/snapshot/files.ts'
import { readIfThere, writeWhole } from '../system/files.ts'
import { gitSetting } from '../system/git.ts'
import { listTree, readBlobs } from './git-objects.ts'
import type { RevisionOptions } from './repository-lists.ts'
import { demandCommitId } from './repository-mirror.ts'

export interface RepositoryFacts {
  /** `profiles/repo_name`, else `repo-name` of layout.conf. */
  readonly name: string | undefined
  /** Repositories that it inherits from, in their order. */
  readonly masters: readonly string[]
  /** layout.conf names no masters: then Portage takes the main repository, unless this is it. */
  readonly inheritsMain: boolean
  /** `cache-formats` of layout.conf; empty where it says nothing. */
  readonly cacheFormats: readonly string[]
  readonly ebuilds: number
  /** Ebuilds that `metadata/md5-cache` has an entry for. */
  readonly entries: number
  /**
   * Whether it brings its metadata cache: nine of ten ebuilds have an entry where Portage looks for it. For the odd one without,
   * Portage reads the ebuild; making a cache anew for all the others would take much longer.
   */
  readonly cached: boolean
}

const FILES = { layout: 'metadata/layout.conf', name: 'profiles/repo_name' } as const

/** Read from the mirror once, then from a small file beside it: Gentoo has 180,000 files, and every plan asks. */
export async function repositoryFacts(revision: string, options: RevisionOptions): Promise<RepositoryFacts> {
  demandCommitId(revision)
  const file = join(options.gitDir, 'gentoomuch', 'facts', `${revision}.json`)
  const known = parsed(await readIfThere(file))
  if (known !== undefined) return known
  const facts = await readFacts(revision, options)
  await writeWhole(file, `${JSON.stringify({ form: FORM, ...facts, name: facts.name ?? null })}\n`)
  return facts
}

/** Raised whenever what is read, or how, changes. */
const FORM = 1

const schema = v.object({
  form: v.literal(FORM),
  name: v.nullable(v.string()),
  masters: v.array(v.string()),
  inheritsMain: v.boolean(),
  cacheFormats: v.array(v.string()),
  ebuilds: v.number(),
  entries: v.number(),
  cached: v.boolean(),
})

/** What is not whole, or of another form, counts as missing. */
function parsed(text: string | undefined): RepositoryFacts | undefined {
  if (text === undefined) return undefined
  try {
    const { form: _, name, ...rest } = v.parse(schema, JSON.parse(text))
    return { ...rest, name: name ?? undefined }
  } catch {
    return undefined
  }
}

/** Two processes of git, whatever the repository's size. */
async function readFacts(revision: string, { gitDir, signal }: RevisionOptions): Promise<RepositoryFacts> {
  const git = gitSetting(gitDir)
  const ebuilds = new Set<string>()
  const entries = new Set<string>()
  const ids = new Map<string, string>()
  await listTree(
    git,
    revision,
    ({ id, path }) => {
      const ebuild = ebuildAt(path)
      const described = ebuild === undefined ? metadataAt(path) : undefined
      if (ebuild !== undefined) ebuilds.add(`${ebuild.name}-${ebuild.version}`)
      else if (described !== undefined) entries.add(described)
      else if (path === FILES.layout || path === FILES.name) ids.set(path, id)
    },
    signal,
  )
  const texts = new Map<string, string>()
  const paths = [...ids.keys()]
  await readBlobs(git, [...ids.values()], (bytes, at) => void texts.set(paths[at] ?? '', bytes.toString()), signal)
  const layout = parseLayout(texts.get(FILES.layout) ?? '')
  const cacheFormats = words(layout.get('cache-formats')).map((word) => word.toLowerCase())
  const read = cacheFormats.length === 0 || cacheFormats.includes('md5-dict')
  const described = [...ebuilds].filter((name) => entries.has(name)).length
  return {
    name: texts.get(FILES.name)?.trim().split('\n')[0] || layout.get('repo-name'),
    masters: words(layout.get('masters')),
    inheritsMain: !layout.has('masters'),
    cacheFormats,
    ebuilds: ebuilds.size,
    entries: described,
    cached: read && described * 10 >= ebuilds.size * 9,
  }
}

/** `key = value` lines; `#` begins a comment line (`portage.repository.config.parse_layout_conf`, 3.0.83). Pure. */
export function parseLayout(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf('=')
    const key = line.slice(0, Math.max(at, 0)).trim()
    if (key !== '' && !key.startsWith('#')) found.set(key, line.slice(at + 1).trim())
  }
  return found
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
