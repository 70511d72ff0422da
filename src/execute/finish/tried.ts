/** A command run in a throw-away copy of a root, to see whether the root would be another one after it. */
import type { Argv, Container, TreeRef } from '../../engine/engine.ts'
import { containerEnvironment } from '../environment.ts'
import type { Tools } from '../handler.ts'
import { within } from '../portageContainer.ts'
import { ask, isThere, LOOK_FOR, type Answer } from './asked.ts'

/** What is mounted in every container, and no part of its tree. */
export const MOUNTED = ['/dev', '/proc', '/run', '/sys', '/tmp', '/var/tmp'] as const

/** Where the root stands as it was kept. */
const AS_KEPT = '/run/gentoomuch-root'

/** What `TRY` ends with besides the command's own status; a command that ends so counts as one that changed something. */
const CHANGED = 200

/**
 * TRY ARGV…: no file changes without its time of change, which nobody can set: content, rights, owners, attributes and the
 * names in folders all count. Where the root as it was kept has no folder for what is mounted, one was made for that.
 */
export const TRY = `${LOOK_FOR}
leave=()
for at in ${MOUNTED.join(' ')}; do
  [[ -d ${AS_KEPT}$at && ! -L ${AS_KEPT}$at ]] || exit ${CHANGED}
  leave+=(-path "$at" -prune -o)
done
list() { find / -xdev "\${leave[@]}" -printf '%p %C@\\n'; }
before=$(list) || exit ${CHANGED}
"$@"
status=$?
after=$(list) && [[ $after == "$before" ]] || exit ${CHANGED}
exit "$status"`

/** @returns what the command said, where it changed nothing; nothing of this is in the step's log */
export async function tried(tree: TreeRef, argv: Argv, tools: Tools): Promise<Answer | 'changes' | 'no program'> {
  const opening = tools.engine.open({
    tree,
    mounts: [{ source: tree, target: AS_KEPT, readOnly: true }],
    folders: [],
    tmpfs: [],
    env: containerEnvironment(),
    network: false,
  })
  return within(opening, async (container: Container) => {
    const answer = await ask(container, ['bash', '-c', TRY, 'bash', ...argv], tools, { quiet: true })
    if (answer.status === CHANGED) return 'changes'
    return isThere(argv[0], answer) ? answer : 'no program'
  })
}
