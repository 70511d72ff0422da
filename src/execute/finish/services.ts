/** What starts with the machine, settled by the root's own tool: OpenRC's runlevels or systemd's presets. */
import { suggest } from '../../config/names.ts'
import type { Container } from '../../engine/engine.ts'
import type { PlannedService } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import { ask, troubleIn, type Trouble } from './asked.ts'
import { at, type Manager } from './manager.ts'
import { OPENRC, OPENRC_PROGRAMS } from './openrc.ts'
import { SYSTEMD, SYSTEMD_PROGRAMS } from './systemd.ts'

/** A root may have both tools: then it is what /sbin/init leads to. */
const WHICH_MANAGER = `
if type -P systemctl > /dev/null && { [[ $(readlink -f /sbin/init) == */systemd ]] || ! type -P rc-update > /dev/null; }
then echo systemd
elif type -P rc-update > /dev/null; then echo openrc
fi`

export const SERVICE_PROGRAMS = [WHICH_MANAGER, ...OPENRC_PROGRAMS, ...SYSTEMD_PROGRAMS]

/** @throws StepFailure for the first service that cannot be settled, naming its line */
export async function settleServices(
  container: Container,
  services: readonly PlannedService[],
  tools: Tools,
): Promise<void> {
  const [first] = services
  if (first === undefined) return
  const manager = await managerOf(container, first, tools)
  await manager.prepare(container, services, tools)
  for (const [index, service] of services.entries()) {
    tools.progress(`settling the service ${service.name}`, index + 1, services.length)
    const trouble = await manager.settle(container, service, tools)
    if (trouble === undefined) continue
    const known = await manager.names(container, tools)
    const there = known.includes(manager.listed(service.name))
    throw await troubleIn(container, there ? trouble : unknown(service, known, trouble), tools)
  }
}

async function managerOf(container: Container, first: PlannedService, tools: Tools): Promise<Manager> {
  const { lines } = await ask(container, ['bash', '-c', WHICH_MANAGER], tools, { quiet: true })
  if (lines[0] === 'openrc') return OPENRC
  if (lines[0] === 'systemd') return SYSTEMD
  throw await troubleIn(
    container,
    {
      code: 'no-service-manager',
      message: `${at(first)}: services are settled by OpenRC's rc-update or systemd's systemctl; the root has neither.`,
      hint: 'add sys-apps/openrc or sys-apps/systemd to the packages',
    },
    tools,
  )
}

function unknown(service: PlannedService, known: readonly string[], { lastLines = [] }: Trouble): Trouble {
  return {
    code: 'no-such-service',
    message: `${at(service)}: a service of the root was wanted; it has no ${service.name}.`,
    hint: suggest(service.name, known) ?? 'add the package that brings it',
    lastLines,
  }
}
