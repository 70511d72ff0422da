/** config diff: what differs between two composed directories, as a patch. */
import { isUtf8 } from 'node:buffer'
import { createTwoFilesPatch } from 'diff'
import { textOf, type PortageDirectory } from '../../portage/model.ts'

export interface FileDifference {
  /** In the first directory, in the second; undefined where only the other one has it. */
  readonly before: string | undefined
  readonly after: string | undefined
  /** Unified, with three lines around each change; modes as git writes them, other bytes than text as diff does. */
  readonly patch: string
}

interface Side {
  readonly path: string
  /** One latin1 character a byte. */
  readonly bytes: string
  readonly executable: boolean
}

export function differencesOf(
  [nameA, a]: readonly [string, PortageDirectory],
  [nameB, b]: readonly [string, PortageDirectory],
): FileDifference[] {
  const [left, right] = [sidesOf(a), sidesOf(b)]
  const keys = [...new Set([...left.keys(), ...right.keys()])].toSorted()
  return keys.flatMap((key) => {
    const [before, after] = [left.get(key), right.get(key)]
    if (before?.bytes === after?.bytes && before?.executable === after?.executable) return []
    const names: Names = [
      before === undefined ? '/dev/null' : `${nameA}/${before.path}`,
      after === undefined ? '/dev/null' : `${nameB}/${after.path}`,
    ]
    return [
      { before: before?.path, after: after?.path, patch: modes(before, after, names) + contents(before, after, names) },
    ]
  })
}

type Names = readonly [before: string, after: string]

/** The lines that git puts above a patch: only where one of the two can be executed. */
function modes(before: Side | undefined, after: Side | undefined, [nameA, nameB]: Names): string {
  if ((before?.executable ?? false) === (after?.executable ?? false)) return ''
  const mode = ({ executable }: Side) => (executable ? '100755' : '100644')
  if (before === undefined) return after === undefined ? '' : `new file mode ${mode(after)}\n`
  if (after === undefined) return `deleted file mode ${mode(before)}\n`
  return `diff --git ${nameA} ${nameB}\nold mode ${mode(before)}\nnew mode ${mode(after)}\n`
}

function contents(before: Side | undefined, after: Side | undefined, [nameA, nameB]: Names): string {
  const [old, now] = [before?.bytes ?? '', after?.bytes ?? '']
  if (before !== undefined && after !== undefined && old === now) return ''
  if (isBinary(old) || isBinary(now)) return `Binary files ${nameA} and ${nameB} differ\n`
  return createTwoFilesPatch(nameA, nameB, textOf(old), textOf(now), undefined, undefined, {
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  })
}

function isBinary(bytes: string): boolean {
  return bytes.includes('\0') || !isUtf8(Buffer.from(bytes, 'latin1'))
}

/** The number in `0030-local-desk` says where the piece stands in its machine: one piece has one key in all machines. */
function sidesOf({ files, profile }: PortageDirectory): Map<string, Side> {
  const sides = new Map<string, Side>()
  for (const { path, bytes, executable } of files)
    sides.set(path.replace(/\/\d{4,}-(cpu|global|local|machine)/, '/$1'), { path, bytes, executable })
  if (profile !== undefined) sides.set('profile', { path: 'profile', bytes: `${profile}\n`, executable: false })
  return sides
}
