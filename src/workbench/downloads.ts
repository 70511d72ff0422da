/** What is said while something is downloaded. */
import type { Emit } from '../events.ts'
import { size } from '../report/size.ts'
import type { FailedMirror } from '../upstream/mirrors.ts'

/** Names each mirror that fails once, though it may fail for every file. */
export function tellMirrors(emit: Emit): (failed: FailedMirror) => void {
  const told = new Set<string>()
  return ({ root, error }) => {
    if (told.has(root)) return
    told.add(root)
    emit({ type: 'note', level: 'warning', text: `The mirror ${root} is passed over: ${error.reason}.` })
  }
}

/** Hands on how much of a step's download has come. */
export function tellBytes(emit: Emit, id: string): (done: number, total?: number) => void {
  return (done, total) => {
    const text = total === undefined ? `${size(done)} fetched` : `${size(done)} of ${size(total)} fetched`
    emit({ type: 'step-progress', id, text, done, ...(total === undefined ? {} : { total }) })
  }
}
