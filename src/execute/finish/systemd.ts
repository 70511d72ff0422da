/**
 * Services of a root that systemd starts. What is to start and what is not stands in a preset file, systemd.preset(5): a
 * machine without /etc/machine-id applies presets at its first start, and would otherwise enable again what was disabled
 * here. Then `systemctl preset` makes the links of the units that are named, and of no others.
 */
import type { Container } from '../../engine/engine.ts'
import type { PlannedService } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import { ask, type Trouble } from './asked.ts'
import { at, type Manager, type Told } from './manager.ts'

/** Before every other preset file: of two lines that mean a unit the first one counts. */
export const PRESETS = '/etc/systemd/system-preset/00-gentoomuch.preset'

const LIST_UNITS =
  'systemctl list-unit-files --no-legend --no-pager | while read -r unit _; do printf "%s\\n" "${unit%.service}"; done'

/** What `systemctl is-enabled` may say then, systemctl(1); `static` is told. Bash reads them too. */
const IN_ORDER = {
  starts: /^(enabled|enabled-runtime|alias|indirect|generated|static)$/,
  rests: /^(disabled|indirect|masked|static)$/,
  masked: /^masked/,
}

/**
 * What is masked gets no links either: unmasked, it would not start by itself. Told: `no-unit`, or `state STATE`; where that
 * is not in order, it is the last word.
 */
const SETTLE = `
  case $is in
    starts) fine='${IN_ORDER.starts.source}' ;;
    rests) fine='${IN_ORDER.rests.source}' ;;
    masked) fine='${IN_ORDER.masked.source}' ;;
  esac
  { ${LIST_UNITS}; } | {
    there=1
    while IFS= read -r entry; do [[ $entry != "$listed" ]] || there=0; done
    exit "$there"
  } || { tell no-unit; exit 0; }
  systemctl preset "$unit" 2>&1
  [[ $is != masked ]] || systemctl mask "$unit" 2>&1
  state=$(systemctl is-enabled "$unit" 2> /dev/null)
  state=\${state%%$'\\n'*}
  tell state "\${state:-unknown}"
  [[ $state =~ $fine ]] || exit 0`

const SUFFIX = /\.(service|socket|target|timer|path|mount|automount|swap|slice|scope|device)$/

/** A name without a kind is a service's. */
export function unitOf(name: string): string {
  return SUFFIX.test(name) ? name : `${name}.service`
}

/** As a unit is listed: `sshd`, `getty@`, `fstrim.timer`, `podman@.socket`. */
function listed(unit: string): string {
  return unit.replace(/@.+(?=\.\w+$)/, '@').replace(/\.service$/, '')
}

/**
 * The preset file. Of a unit that is named twice the last line counts. Instances that start stand in one line with their
 * template, which is what presets are looked up for at the first start; so a template of which instances only rest is off.
 */
export function presetsOf(services: readonly PlannedService[]): string {
  const starts = new Map(services.map(({ name, is }) => [unitOf(name), is === 'starts']))
  const instances = new Map<string, string[]>()
  const lines: string[] = []
  for (const [unit, enabled] of starts) {
    const [, before = '', instance = '', kind = ''] = /^([^@]+@)(.+)(\.\w+)$/.exec(unit) ?? []
    if (instance === '') lines.push(`${enabled ? 'enable' : 'disable'} ${unit}`)
    else {
      const template = `${before}${kind}`
      instances.set(template, [...(instances.get(template) ?? []), ...(enabled ? [instance] : [])])
      if (!enabled) lines.push(`disable ${unit}`)
    }
  }
  for (const [template, started] of instances)
    if (!starts.has(template))
      lines.push(started.length === 0 ? `disable ${template}` : `enable ${template} ${started.join(' ')}`)
  return `# Made by gentoomuch, of the machine's services.\n${lines.map((line) => `${line}\n`).join('')}`
}

export const SYSTEMD: Manager = {
  settle: SETTLE,
  begun: (service, tools) => {
    if (service.runlevel !== undefined)
      tools.note('warning', `${at(service)}: runlevels are OpenRC's; of ${service.name} the unit says when it starts.`)
  },
  heard: (_container, service, told, tools) => Promise.resolve(heard(service, told, tools)),
  names,
  listed: (name) => listed(unitOf(name)),
}

function heard(service: PlannedService, { word, rest: state, last }: Told, tools: Tools): Trouble | undefined {
  const { name, is } = service
  if (word === 'no-unit') return { code: 'service-failed', message: `${at(service)}: there is no ${unitOf(name)}.` }
  if (state === 'static') tellStatic(service, tools)
  if (IN_ORDER[is].test(state)) return undefined
  return {
    code: 'service-failed',
    message: `${at(service)}: ${name} was to be ${WORDS[is]}; systemd says that it is ${state}.`,
    hint: 'presets of a file that sorts before 00-gentoomuch.preset, or a mask, may say otherwise',
    lastLines: last,
  }
}

const WORDS = { starts: 'enabled', rests: 'disabled', masked: 'masked' } as const

/** A unit without an [Install] section is enabled and disabled without effect. */
function tellStatic(service: PlannedService, tools: Tools): void {
  const { name, is } = service
  if (is === 'starts') tools.note('warning', `${at(service)}: the unit of ${name} says of nothing that it starts it.`)
  if (is === 'rests')
    tools.note('warning', `${at(service)}: ${name} starts where another unit wants it; !${name} would mask it.`)
}

async function names(container: Container, tools: Tools): Promise<readonly string[]> {
  return (await ask(container, ['bash', '-c', LIST_UNITS], tools, { quiet: true })).lines
}
