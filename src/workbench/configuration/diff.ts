/** config diff: what differs between two composed directories, as a patch. */
import { createTwoFilesPatch } from 'diff'
import { textOf, type PortageDirectory } from '../../portage/model.ts'

export interface FileDifference {
  /** In the first directory, in the second; undefined where only the other one has it. */
  readonly before: string | undefined
  readonly after: string | undefined
  /** Unified, with three lines around each change. */
  readonly patch: string
}

interface Side {
  readonly path: string
  readonly text: string
}

export function differencesOf(
  [nameA, a]: readonly [string, PortageDirectory],
  [nameB, b]: readonly [string, PortageDirectory],
): FileDifference[] {
  const [left, right] = [sidesOf(a), sidesOf(b)]
  const keys = [...new Set([...left.keys(), ...right.keys()])].toSorted()
  return keys.flatMap((key) => {
    const [before, after] = [left.get(key), right.get(key)]
    if (before?.text === after?.text) return []
    const patch = createTwoFilesPatch(
      before === undefined ? '/dev/null' : `${nameA}/${before.path}`,
      after === undefined ? '/dev/null' : `${nameB}/${after.path}`,
      before?.text ?? '',
      after?.text ?? '',
      undefined,
      undefined,
      { headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true } },
    )
    return [{ before: before?.path, after: after?.path, patch }]
  })
}

/** The number in `0030-local-desk` says where the piece stands in its machine: one piece has one key in all machines. */
function sidesOf({ files, profile }: PortageDirectory): Map<string, Side> {
  const sides = new Map<string, Side>()
  for (const { path, bytes } of files)
    sides.set(path.replace(/\/\d{4}-(cpu|global|local|machine)/, '/$1'), { path, text: textOf(bytes) })
  if (profile !== undefined) sides.set('profile', { path: 'profile', text: `${profile}\n` })
  return sides
}
