/** Services of a root that OpenRC starts: links in the folders of /etc/runlevels, made and removed by rc-update. */
import type { Container } from '../../engine/engine.ts'
import type { PlannedService } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import { ask, type Trouble } from './asked.ts'
import { at, type Manager, type Told } from './manager.ts'

/** rc-update without a runlevel would take the running one, which a root that does not run has not. */
const DEFAULT_RUNLEVEL = 'default'

const LIST_SERVICES = 'shopt -s nullglob; cd /etc/init.d && printf "%s\\n" *'
const LIST_RUNLEVELS = 'shopt -s nullglob; cd /etc/runlevels && printf "%s\\n" *'

/**
 * One that rests is taken out of the runlevel that is named, else of all. Told: `unadded`, `no-runlevel`, `no-service`,
 * `left RUNLEVEL` where it cannot be taken out, each the last word; `absent` where it does not start anyway.
 */
const SETTLE = `
  in_folder() {
    local entry
    for entry in "$1"/*; do [[ \${entry##*/} != "$2" ]] || return 0; done
    return 1
  }
  if [[ $is == starts ]]; then
    rc-update add "$name" "\${level:-${DEFAULT_RUNLEVEL}}" 2>&1 || { tell unadded; exit 0; }
    continue
  fi
  levels=()
  for entry in /etc/runlevels/*/"$name"; do
    entry=\${entry%/*}
    entry=\${entry##*/}
    [[ -n $level && $entry != "$level" ]] || levels+=("$entry")
  done
  if ((\${#levels[@]} == 0)); then
    [[ -z $level ]] || in_folder /etc/runlevels "$level" || { tell no-runlevel; exit 0; }
    in_folder /etc/init.d "$name" || { tell no-service; exit 0; }
    tell absent
  fi
  for entry in "\${levels[@]}"; do
    rc-update del "$name" "$entry" 2>&1 || { tell left "$entry"; exit 0; }
    tell out
  done`

export const OPENRC: Manager = {
  settle: SETTLE,
  begun: (service, tools) => {
    const { is, name } = service
    if (is === 'masked')
      tools.note('warning', `${at(service)}: OpenRC masks nothing; ${name} is taken out of every runlevel.`)
  },
  heard,
  names: (container, tools) => list(container, LIST_SERVICES, tools),
  listed: (name) => name,
}

async function heard(
  container: Container,
  service: PlannedService,
  { word, rest, last }: Told,
  tools: Tools,
): Promise<Trouble | undefined> {
  const { name, runlevel } = service
  const failed = (message: string) => ({
    code: 'service-failed',
    message: `${at(service)}: ${message}`,
    lastLines: last,
  })
  switch (word) {
    case 'unadded':
      return (
        (await noSuchRunlevel(container, service, runlevel ?? DEFAULT_RUNLEVEL, last, tools)) ??
        failed(`${name} could not be added.`)
      )
    case 'no-runlevel':
      return noSuchRunlevel(container, service, runlevel ?? '', [], tools)
    case 'no-service':
      return failed(`there is no ${name}.`)
    case 'left':
      return failed(`${name} could not be taken out of ${rest}.`)
    case 'absent': {
      const where = runlevel === undefined ? 'starts in no runlevel' : `does not start in ${runlevel}`
      tools.note('info', `${at(service)}: ${name} ${where} anyway.`)
      return undefined
    }
    default:
      return undefined
  }
}

async function noSuchRunlevel(
  container: Container,
  service: PlannedService,
  runlevel: string,
  last: readonly string[],
  tools: Tools,
): Promise<Trouble | undefined> {
  const known = await list(container, LIST_RUNLEVELS, tools)
  if (known.includes(runlevel)) return undefined
  return {
    code: 'no-such-runlevel',
    message: `${at(service)}: a runlevel of the root was wanted; it has no ${runlevel}, but ${known.join(', ')}.`,
    lastLines: last,
  }
}

async function list(container: Container, program: string, tools: Tools): Promise<readonly string[]> {
  return (await ask(container, ['bash', '-c', program], tools, { quiet: true })).lines
}
