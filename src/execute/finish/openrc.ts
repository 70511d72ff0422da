/** Services of a root that OpenRC starts: links in the folders of /etc/runlevels, made and removed by rc-update. */
import type { Argv, Container } from '../../engine/engine.ts'
import type { PlannedService } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import { ask, type Trouble } from './asked.ts'
import { at, type Manager } from './manager.ts'

/** rc-update without a runlevel would take the running one, which a root that does not run has not. */
const DEFAULT_RUNLEVEL = 'default'

const LIST_SERVICES = 'shopt -s nullglob; cd /etc/init.d && printf "%s\\n" *'
const LIST_RUNLEVELS = 'shopt -s nullglob; cd /etc/runlevels && printf "%s\\n" *'
/** Runlevels that a service starts in. */
const STARTS_IN = 'shopt -s nullglob; for at in /etc/runlevels/*/"$1"; do at=${at%/*}; printf "%s\\n" "${at##*/}"; done'

function argvOf(what: 'add' | 'del', name: string, runlevel: string): Argv {
  return ['rc-update', what, name, runlevel]
}

export const OPENRC_PROGRAMS = [
  STARTS_IN,
  argvOf('add', '', DEFAULT_RUNLEVEL).join(' '),
  argvOf('del', '', '').join(' '),
]

export const OPENRC: Manager = {
  prepare: () => Promise.resolve(),
  settle: (container, service, tools) =>
    service.is === 'starts' ? add(container, service, tools) : remove(container, service, tools),
  names: (container, tools) => list(container, LIST_SERVICES, tools),
  listed: (name) => name,
}

async function add(container: Container, service: PlannedService, tools: Tools): Promise<Trouble | undefined> {
  const { name, runlevel = DEFAULT_RUNLEVEL } = service
  const { status, last } = await ask(container, argvOf('add', name, runlevel), tools)
  if (status === 0) return undefined
  return (
    (await noSuchRunlevel(container, service, runlevel, last, tools)) ?? {
      code: 'service-failed',
      message: `${at(service)}: ${name} could not be added.`,
      lastLines: last,
    }
  )
}

/** From the runlevel that is named, else from all of them. */
async function remove(container: Container, service: PlannedService, tools: Tools): Promise<Trouble | undefined> {
  const { name, runlevel } = service
  if (service.is === 'masked')
    tools.note('warning', `${at(service)}: OpenRC masks nothing; ${name} is taken out of every runlevel.`)
  const startsIn = await list(container, STARTS_IN, tools, name)
  if (runlevel !== undefined && !startsIn.includes(runlevel)) {
    const trouble = await noSuchRunlevel(container, service, runlevel, [], tools)
    if (trouble !== undefined) return trouble
  }
  const levels = startsIn.filter((level) => runlevel === undefined || level === runlevel)
  if (levels.length === 0) {
    const known = await list(container, LIST_SERVICES, tools)
    if (!known.includes(name)) return { code: 'service-failed', message: `${at(service)}: there is no ${name}.` }
    const where = runlevel === undefined ? 'starts in no runlevel' : `does not start in ${runlevel}`
    tools.note('info', `${at(service)}: ${name} ${where} anyway.`)
  }
  for (const level of levels) {
    const { status, last } = await ask(container, argvOf('del', name, level), tools)
    if (status !== 0)
      return {
        code: 'service-failed',
        message: `${at(service)}: ${name} could not be taken out of ${level}.`,
        lastLines: last,
      }
  }
  return undefined
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

async function list(
  container: Container,
  program: string,
  tools: Tools,
  ...words: string[]
): Promise<readonly string[]> {
  return (await ask(container, ['bash', '-c', program, 'bash', ...words], tools, { quiet: true })).lines
}
