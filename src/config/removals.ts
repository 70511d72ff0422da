/** `user.removes/NAME`: what is removed inside the finished root, one pattern a line. */
import { emptiesTheRoot, normalisePattern } from './empties-the-root.ts'
import { nameLines } from './lists.ts'
import { problem } from './problem.ts'
import type { Removal, RemovalList } from './model.ts'
import type { ConfigTree } from './tree.ts'

/** Reads a list with every problem in it; what would empty the root is in no list. */
export function readRemovals(tree: ConfigTree, name: string, path: string): RemovalList | undefined {
  const found = tree.text(path)
  if (found === undefined) return undefined
  const { file, text } = found
  const patterns = nameLines(text).flatMap(({ name: pattern, line }): Removal[] => {
    const what = emptiesTheRoot(pattern)
    if (what !== undefined) tree.problem(problem('empties-the-root', { file, line }, { pattern, what }))
    else if (/(?<!\\)[{}]/.test(pattern)) tree.problem(problem('bad-removal', { file, line }, { pattern }))
    else return [{ pattern: normalisePattern(pattern), line }]
    return []
  })
  return { name, file, text, patterns }
}
