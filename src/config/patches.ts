/** `user.patches/PATCH/CATEGORY/PACKAGE-VERSION/*.patch`: names and places; what is in a patch is read where it is used. */
import { join } from 'node:path'
import { nameProblem } from './names.ts'
import { problem } from './problem.ts'
import type { UserPatch } from './model.ts'
import type { ConfigTree } from './tree.ts'

/** Below PATCH: what Portage's eapply_user looks for (portage(5), `patches`). */
const PLACE = /^([A-Za-z0-9_][A-Za-z0-9+_.-]*\/[A-Za-z0-9_][A-Za-z0-9+_.-]*(?::[A-Za-z0-9+_.-]+)?)\/[^/]+$/

export function readPatches(tree: ConfigTree, folder: string): Map<string, UserPatch> {
  const patches = new Map<string, UserPatch>()
  for (const name of tree.entries(folder)) {
    const at = join(folder, name)
    if (tree.kind(at) === 'folder') patches.set(name, readPatch(tree, at, name))
    else if (tree.kind(at) !== undefined) tree.problem(problem('stray-file', { file: at }))
  }
  return patches
}

function readPatch(tree: ConfigTree, at: string, name: string): UserPatch {
  const refused = nameProblem({ file: at }, name)
  if (refused !== undefined) tree.problem(refused)
  const paths = tree.walk(at)
  if (paths.length === 0) tree.problem(problem('patch-empty', { file: at }))
  const packages = new Map<string, string[]>()
  for (const path of paths) {
    const file = join(at, path)
    const place = PLACE.exec(path)?.[1]
    if (place === undefined) tree.problem(problem('patch-place', { file }, { found: join(name, path) }))
    else if (!/\.(patch|diff)$/.test(path)) tree.problem(problem('not-a-patch', { file }))
    else packages.set(place, [...(packages.get(place) ?? []), file])
  }
  return { name, packages: [...packages].map(([named, files]) => ({ package: named, files })) }
}
