import { lookUpNames } from './lists.ts'
import type { TextFile } from './model.ts'
import type { ConfigTree } from './tree.ts'

/**
 * Scripts of `user.scripts/`, named one a line; one that is named twice runs twice.
 * @param known name → path of every script
 */
export function readScripts(tree: ConfigTree, file: string, known: ReadonlyMap<string, string>): TextFile[] {
  return lookUpNames(tree, file, 'script in user.scripts', known).flatMap((path) => tree.text(path) ?? [])
}
