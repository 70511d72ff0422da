/** tmpfiles.d(5): packages skip it in a root that is not `/` (tmpfiles.eclass), so it is done once all is there. */
import type { Argv, Container } from '../../engine/engine.ts'
import type { Tools } from '../handler.ts'
import { ask, hasProgram } from './asked.ts'

const PROGRAM = 'systemd-tmpfiles'

/** Mounted while the root is finished, and made anew at every start of the machine. */
const NOT_THE_ROOTS = ['/dev', '/proc', '/run', '/sys', '/tmp', '/var/tmp']

export const CREATE: Argv = [PROGRAM, '--create', ...NOT_THE_ROOTS.map((path) => `--exclude-prefix=${path}`)]

export function wantsTmpfiles(container: Container, tools: Tools): Promise<boolean> {
  return hasProgram(container, PROGRAM, tools)
}

/** Lines with %m are for a machine that has its /etc/machine-id: they are done when it starts. */
const FOR_LATER = /specifier/

/** As an ebuild does: what cannot be made is a warning, since a package of little weight may be to blame. */
export async function makeTmpfiles(container: Container, tools: Tools): Promise<void> {
  if (!(await wantsTmpfiles(container, tools))) return
  const { status, last } = await ask(container, CREATE, tools)
  if (status === 0) return
  const said = last.filter((line) => !FOR_LATER.test(line))
  tools.note('warning', `systemd-tmpfiles ended with status ${status}: ${said.join('; ') || 'it said nothing'}`)
}
