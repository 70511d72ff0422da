/** The machine's time zone: `/etc/localtime` is a link to one that the root has. */
import { suggest } from '../../config/names.ts'
import type { Container } from '../../engine/engine.ts'
import type { PlannedTimezone } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import { ask, troubleIn } from './asked.ts'

/**
 * SETTLE PATH [forget]: a zone is a file with tzfile(5)'s first four bytes, not every file of the folder is one. What an
 * older root says in `/etc/timezone` would contradict the link.
 */
const SETTLE = `[[ -f $1 ]] && IFS= read -r -N 4 magic < "$1" && [[ $magic == TZif ]] || exit
[[ -z \${2-} ]] || rm -f /etc/timezone
exit 0`

const LIST_ZONES = 'shopt -s globstar nullglob; cd /usr/share/zoneinfo && printf "%s\\n" **'

export const TIMEZONE_PROGRAMS = [SETTLE]

export function zonePath(name: string): string {
  return `/usr/share/zoneinfo/${name}`
}

/**
 * Looks whether the zone is there, once the link is made.
 * @param keeps whether the user brings a file `/etc/timezone`
 * @throws StepFailure for a zone that the root has not
 */
export async function settleTimezone(
  container: Container,
  zone: PlannedTimezone,
  tools: Tools,
  keeps: boolean,
): Promise<void> {
  const words = [zonePath(zone.name), ...(keeps ? [] : ['forget'])]
  const { status } = await ask(container, ['bash', '-c', SETTLE, 'bash', ...words], tools)
  if (status === 0) return
  const { lines } = await ask(container, ['bash', '-c', LIST_ZONES], tools, { quiet: true })
  throw await troubleIn(
    container,
    {
      code: 'no-such-timezone',
      message: `${zone.file}: a time zone of the root was wanted; it has no ${zonePath(zone.name)}.`,
      hint: lines.length === 0 ? 'zones come with sys-libs/timezone-data' : suggest(zone.name, lines),
    },
    tools,
  )
}
