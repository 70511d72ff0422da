import { join } from 'node:path'
import type { TextFile } from './model.ts'
import type { ConfigTree } from './tree.ts'

/** Scripts of `user.scripts/`, named one a line. */
export async function readScripts(tree: ConfigTree, file: string): Promise<TextFile[]> {
  const scripts = new Map((await tree.walk('user.scripts')).map((path) => [path, join('user.scripts', path)]))
  const paths = await tree.lookUp(file, 'script in user.scripts', scripts)
  const read = await Promise.all(paths.map((path) => tree.text(path)))
  return read.filter((script) => script !== undefined)
}
