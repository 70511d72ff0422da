/** Services that start with the machine, added by the root's own tool. */
import { suggest } from '../../config/names.ts'
import type { Argv, Container } from '../../engine/engine.ts'
import type { PlannedService } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import { ask, troubleIn, type Trouble } from './asked.ts'

type Manager = 'openrc' | 'systemd'

/** A root may have both tools: then it is what /sbin/init leads to. */
const WHICH_MANAGER = `
if type -P systemctl > /dev/null && { [[ $(readlink -f /sbin/init) == */systemd ]] || ! type -P rc-update > /dev/null; }
then echo systemd
elif type -P rc-update > /dev/null; then echo openrc
fi`

/** rc-update without a runlevel would take the running one, which a root that does not run has not. */
const DEFAULT_RUNLEVEL = 'default'

const LIST = {
  openrc:
    'shopt -s nullglob; cd /etc/init.d && printf "service %s\\n" *; cd /etc/runlevels && printf "runlevel %s\\n" *',
  systemd: 'systemctl list-unit-files --no-legend --no-pager | while read -r unit _; do echo "service $unit"; done',
}

function addArgv(manager: Manager, { name, runlevel }: Pick<PlannedService, 'name' | 'runlevel'>): Argv {
  return manager === 'openrc' ? ['rc-update', 'add', name, runlevel ?? DEFAULT_RUNLEVEL] : ['systemctl', 'enable', name]
}

export const SERVICE_PROGRAMS = [
  WHICH_MANAGER,
  addArgv('openrc', { name: '', runlevel: undefined }).join(' '),
  addArgv('systemd', { name: '', runlevel: undefined }).join(' '),
]

/** @throws StepFailure for the first service that cannot be added, naming its line */
export async function addServices(
  container: Container,
  services: readonly PlannedService[],
  tools: Tools,
): Promise<void> {
  const [first] = services
  if (first === undefined) return
  const manager = await managerOf(container, first, tools)
  for (const [index, service] of services.entries()) {
    tools.progress(`adding the service ${service.name}`, index + 1, services.length)
    if (manager === 'systemd' && service.runlevel !== undefined)
      tools.note('warning', `${at(service)}: runlevels are OpenRC's; ${service.name} is enabled as its unit says.`)
    const { status, last } = await ask(container, addArgv(manager, service), tools)
    if (status !== 0) throw await troubleIn(container, await why(container, manager, service, last, tools), tools)
    if (manager === 'systemd') await tellUnstarted(container, service, tools)
  }
}

async function managerOf(container: Container, first: PlannedService, tools: Tools): Promise<Manager> {
  const { lines } = await ask(container, ['bash', '-c', WHICH_MANAGER], tools, { quiet: true })
  if (lines[0] === 'openrc' || lines[0] === 'systemd') return lines[0]
  throw await troubleIn(
    container,
    {
      code: 'no-service-manager',
      message: `${at(first)}: services are added by OpenRC's rc-update or systemd's systemctl; the root has neither.`,
      hint: 'add sys-apps/openrc or sys-apps/systemd to the packages',
    },
    tools,
  )
}

/** Its own words, and what else could be meant. */
async function why(
  container: Container,
  manager: Manager,
  service: PlannedService,
  last: readonly string[],
  tools: Tools,
): Promise<Trouble> {
  const { lines } = await ask(container, ['bash', '-c', LIST[manager]], tools, { quiet: true })
  const listed = (kind: string) =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1))
  const services = listed('service').map((name) => name.replace(/\.service$/, ''))
  const { name, runlevel = DEFAULT_RUNLEVEL } = service
  // An instance of a unit is listed as `unit@`.
  if (!services.includes(name.replace(/\.service$/, '').replace(/@.+$/, '@')))
    return {
      code: 'no-such-service',
      message: `${at(service)}: a service of the root was wanted; it has no ${name}.`,
      hint: suggest(name, services) ?? 'add the package that brings it',
      lastLines: last,
    }
  if (manager === 'openrc' && !listed('runlevel').includes(runlevel))
    return {
      code: 'no-such-runlevel',
      message: `${at(service)}: a runlevel of the root was wanted; it has no ${runlevel}, but ${listed('runlevel').join(', ')}.`,
      lastLines: last,
    }
  return {
    code: 'service-failed',
    message: `${at(service)}: ${name} could not be added.`,
    lastLines: last,
  }
}

/** A unit without an [Install] section is "enabled" without effect. */
async function tellUnstarted(container: Container, service: PlannedService, tools: Tools): Promise<void> {
  const { lines } = await ask(container, ['systemctl', 'is-enabled', service.name], tools, { quiet: true })
  if (lines[0] === 'static')
    tools.note('warning', `${at(service)}: the unit of ${service.name} says of nothing that it starts it.`)
}

function at({ file, line }: PlannedService): string {
  return `${file}:${line}`
}
