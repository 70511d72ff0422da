/** What lies at the top of the configuration directory, in both spellings that live in the wild. */
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

export function otherSpelling(folder: string): string {
  return folder.replace('.', '-')
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
  const spellings = FOLDERS.flatMap((dotted) => [dotted, otherSpelling(dotted)])
  tellUnknownEntries(tree, ['env', ...spellings, 'profiles', 'gentoomuch.lock'])
  return Object.fromEntries(spelt) as Layout
}
