/** tmpfiles.d(5): packages skip it in a root that is not `/` (tmpfiles.eclass), so it is done once all is there. */
import type { Argv, Container, TreeRef } from '../../engine/engine.ts'
import type { Tools } from '../handler.ts'
import { askIfThere, IF_THERE, type Answer } from './asked.ts'
import { MOUNTED, tried, TRY } from './tried.ts'

const PROGRAM = 'systemd-tmpfiles'

/** What is mounted is made anew at every start of the machine. */
const CREATE: Argv = [PROGRAM, '--create', ...MOUNTED.map((path) => `--exclude-prefix=${path}`)]

export const TMPFILES_PROGRAMS = [IF_THERE, TRY, ...CREATE]

/** Whether nothing has to be made in a root: seen without a copy of it, which costs far more. */
export async function needsNoTmpfiles(root: TreeRef, tools: Tools): Promise<boolean> {
  const answer = await tried(root, CREATE, tools)
  if (answer === 'changes') return false
  if (answer === 'no program') return true
  for (const line of answer.last) tools.line(line)
  tell(answer, tools)
  return true
}

export async function makeTmpfiles(container: Container, tools: Tools): Promise<void> {
  const answer = await askIfThere(container, CREATE, tools)
  if (answer !== undefined) tell(answer, tools)
}

/** Lines with %m are for a machine that has its /etc/machine-id: they are done when it starts. */
const FOR_LATER = /specifier/

/** As an ebuild does: what cannot be made is a warning, since a package of little weight may be to blame. */
function tell({ status, last }: Answer, tools: Tools): void {
  if (status === 0) return
  const said = last.filter((line) => !FOR_LATER.test(line))
  tools.note('warning', `systemd-tmpfiles ended with status ${status}: ${said.join('; ') || 'it said nothing'}`)
}
