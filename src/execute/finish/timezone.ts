/** The machine's time zone: `/etc/localtime` is a link to one that the root has. */
import { suggest } from '../../config/names.ts'
import type { Container } from '../../engine/engine.ts'
import type { PlannedTimezone } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import { ask, troubleIn } from './asked.ts'

/** A zone is a file with tzfile(5)'s first four bytes: not every file of the folder is one. */
const IS_ZONE = '[[ -f $1 ]] && IFS= read -r -N 4 magic < "$1" && [[ $magic == TZif ]]'

const LIST_ZONES = 'shopt -s globstar nullglob; cd /usr/share/zoneinfo && printf "%s\\n" **'

/** What an older root says in `/etc/timezone` would contradict the link. */
const FORGET = 'rm -f /etc/timezone'

export const TIMEZONE_PROGRAMS = [IS_ZONE, FORGET]

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
  const { status } = await ask(container, ['bash', '-c', IS_ZONE, 'bash', zonePath(zone.name)], tools)
  if (status !== 0) {
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
  if (!keeps) await ask(container, ['bash', '-c', FORGET], tools)
}
