/** What nothing reads: a misspelt name would be ignored in silence. */
import { join } from 'node:path'
import { suggest } from './names.ts'
import { ORIGINAL_FOLDERS } from './original.ts'
import { problem } from './problem.ts'
import type { ConfigTree } from './tree.ts'

/** @param original names that the original program knew: worth a note, no more */
export function tellUnknownFiles(
  tree: ConfigTree,
  folder: string,
  known: readonly string[],
  original: readonly string[] = [],
): void {
  for (const name of tree.entries(folder)) {
    const file = join(folder, name)
    // What a problem has told of needs no second one.
    if (known.includes(name) || tree.isBlamed(file)) continue
    tree.problem(
      original.includes(name)
        ? problem('original-only', { file }, { name })
        : problem('unknown-file', { file }, { known: known.join(', ') }, suggest(name, known)),
    )
  }
}

/** Shapes of this directory's own names; what else lies at its top (`docs/`, `Makefile`, `LICENSE`) is the user's. */
const OUR_SHAPE =
  /^(cpu|stage\d?|stages|portage|package|packages|kernel|user)[.-][a-z]+$|[.-](defines?|locals?|globals?|sets?|configs?)$/

export function tellUnknownEntries(tree: ConfigTree, known: readonly string[]): void {
  for (const name of tree.entries('.')) {
    if (known.includes(name)) continue
    const hint = suggest(name, known)
    const formerly = ORIGINAL_FOLDERS[name.replace('-', '.')]
    if (formerly !== undefined) tree.problem(problem('original-only', { file: name }, { name }, formerly))
    else if (hint !== undefined || OUR_SHAPE.test(name))
      tree.problem(problem('unknown-entry', { file: name }, { name }, hint))
  }
}
