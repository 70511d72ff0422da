/** What lies at the top of the configuration directory, in both spellings that live in the wild. */
import { isEditorsOwn, isLeftover } from './names.ts'
import { problem } from './problem.ts'
import { tellUnknownEntries } from './unknown.ts'
import type { ConfigTree } from './tree.ts'

const FOLDERS = [
  'cpu.defines',
  'portage.global',
  'portage.locals',
  'package.sets',
  'stage3.defines',
  'stage4.defines',
  'kernel.configs',
  'user.patches',
  'user.scripts',
  'user.removes',
  'user.files',
] as const

type Folder = (typeof FOLDERS)[number]

/** Which spelling of each folder is there. */
export type Layout = Readonly<Record<Folder, string>>

/** @param folder or a path in it */
export function otherSpelling(folder: string): string {
  return folder.replace('.', '-')
}

/** Every folder in either spelling. */
const SPELLINGS = FOLDERS.flatMap((dotted) => [dotted, otherSpelling(dotted)])

/**
 * Whether a path in the directory is one whose content reaches a machine, or is a folder of it that may hold such; `env/`,
 * which belongs to the host, does not count.
 */
export function isRead(path: string): boolean {
  const [top = '', ...below] = path.replace(/\/$/, '').split('/')
  if (!SPELLINGS.includes(top)) return false
  return !below.some(/^user.files$/.test(top) ? isEditorsOwn : isLeftover)
}

/** Folders as they are spelt here; one that is there twice is a problem, for one of them would be ignored. */
export function readLayout(tree: ConfigTree): Layout {
  const spelt = FOLDERS.map((dotted) => {
    const dashed = otherSpelling(dotted)
    const top = tree.listing('.')
    if (top.has(dotted) && top.has(dashed))
      tree.problem(problem('both-spellings', { file: dashed }, { one: dotted, other: dashed }))
    return [dotted, !top.has(dotted) && top.has(dashed) ? dashed : dotted] as const
  })
  tellUnknownEntries(tree, ['env', ...SPELLINGS, 'profiles', 'gentoomuch.lock'])
  return Object.fromEntries(spelt) as Layout
}
