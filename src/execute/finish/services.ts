/** What starts with the machine, settled by the root's own tool: OpenRC's runlevels or systemd's presets. */
import { dirname } from 'node:path'
import { suggest } from '../../config/names.ts'
import type { Container } from '../../engine/engine.ts'
import type { PlannedService } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import { Lines } from '../lines.ts'
import { troubleIn, type Trouble } from './asked.ts'
import { at, type Manager, type Told } from './manager.ts'
import { OPENRC } from './openrc.ts'
import { PRESETS, presetsOf, SYSTEMD, unitOf } from './systemd.ts'

/** Before what the command tells us. */
const TELL = 'gentoomuch: '

/**
 * SETTLE PRESETS [IS NAME LEVEL UNIT LISTED]…, until one cannot be settled. A root may have both tools: then it is what
 * /sbin/init leads to. A preset file of the user's own stands.
 */
const SETTLE = `shopt -s nullglob
tell() { printf '${TELL}%s\\n' "$*"; }
manager=none
if type -P systemctl > /dev/null && { [[ $(readlink -f /sbin/init) == */systemd ]] || ! type -P rc-update > /dev/null; }
then manager=systemd
elif type -P rc-update > /dev/null; then manager=openrc
fi
tell manager "$manager"
[[ $manager != none ]] || exit 0
if [[ $manager == systemd && ! -e ${PRESETS} ]]; then
  (umask 022; mkdir -p ${dirname(PRESETS)} && printf %s "$1" > ${PRESETS}) || exit
fi
shift
n=0
while (($# > 0)); do
  is=$1 name=$2 level=$3 unit=$4 listed=$5
  shift 5
  tell service "$n"
  n=$((n + 1))
  if [[ $manager == systemd ]]; then ${SYSTEMD.settle}
    continue
  fi ${OPENRC.settle}
done
exit 0`

export const SERVICE_PROGRAMS = [SETTLE]

function wordsOf({ is, name, runlevel }: PlannedService): readonly string[] {
  return [is, name, runlevel ?? '', unitOf(name), SYSTEMD.listed(name)]
}

/** @throws StepFailure for the first service that cannot be settled, naming its line */
export async function settleServices(
  container: Container,
  services: readonly PlannedService[],
  tools: Tools,
): Promise<void> {
  const [first] = services
  if (first === undefined) return
  const { status, told } = await settle(container, services, tools)
  const manager = managerOf(told)
  if (manager === undefined) throw await troubleIn(container, noManager(first), tools)
  let service = first
  let trouble: Trouble | undefined
  for (const one of told) {
    if (one.word === 'service') manager.begun((service = services[Number(one.rest)] ?? first), tools)
    else if (one.word !== 'manager') trouble = await manager.heard(container, service, one, tools)
    if (trouble !== undefined) break
  }
  if (status !== 0) trouble ??= ended(service, status)
  if (trouble === undefined) return
  const known = await manager.names(container, tools)
  const there = known.includes(manager.listed(service.name))
  throw await troubleIn(container, there ? trouble : unknown(service, known, trouble), tools)
}

/** Runs the command. What it tells is not in the step's log. */
async function settle(container: Container, services: readonly PlannedService[], tools: Tools) {
  const told: Told[] = []
  let last: string[] = []
  const say = (line: string) => {
    tools.line(line)
    if (line.trim() !== '') last = [...last, line].slice(-15)
  }
  const stdout = new Lines((line) => {
    if (!line.startsWith(TELL)) return say(line)
    const [, word = '', rest = ''] = /^(\S+) ?(.*)$/.exec(line.slice(TELL.length)) ?? []
    told.push({ word, rest, last })
    last = []
    const service = word === 'service' ? services[Number(rest)] : undefined
    if (service !== undefined) tools.progress(`settling the service ${service.name}`, Number(rest) + 1, services.length)
  })
  const words = [presetsOf(services), ...services.flatMap(wordsOf)]
  const argv = ['bash', '-c', SETTLE, 'bash', ...words] as const
  const { status } = await container.run(argv, { stdout, stderr: new Lines(say) }, tools.signal)
  return { status, told }
}

function managerOf(told: readonly Told[]): Manager | undefined {
  const name = told.find(({ word }) => word === 'manager')?.rest
  return name === 'systemd' ? SYSTEMD : name === 'openrc' ? OPENRC : undefined
}

function noManager(first: PlannedService): Trouble {
  return {
    code: 'no-service-manager',
    message: `${at(first)}: services are settled by OpenRC's rc-update or systemd's systemctl; the root has neither.`,
    hint: 'add sys-apps/openrc or sys-apps/systemd to the packages',
  }
}

/** Somebody killed it, or there was no room for the presets. */
function ended(service: PlannedService, status: number): Trouble {
  return { code: 'service-failed', message: `${at(service)}: settling ${service.name} ended with status ${status}.` }
}

function unknown(service: PlannedService, known: readonly string[], { lastLines = [] }: Trouble): Trouble {
  return {
    code: 'no-such-service',
    message: `${at(service)}: a service of the root was wanted; it has no ${service.name}.`,
    hint: suggest(service.name, known) ?? 'add the package that brings it',
    lastLines,
  }
}
