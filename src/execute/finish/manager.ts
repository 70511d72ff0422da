/** What settles a root's services: OpenRC or systemd. */
import type { Container } from '../../engine/engine.ts'
import type { PlannedService } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import type { Trouble } from './asked.ts'

/**
 * All services are settled by one command, since entering a container takes longer than settling most of them. It says how
 * far it came in lines of its own, by `tell WORD [REST]`.
 */
export interface Told {
  readonly word: string
  readonly rest: string
  /** The last lines that were said since it told something before. */
  readonly last: readonly string[]
}

export interface Manager {
  /** What settles one, as bash for the loop of all: `$is $name $level $unit $listed` are the service's `words`. */
  readonly settle: string
  /** What has to be said before it is settled. */
  begun(service: PlannedService, tools: Tools): void
  /** @returns why it could not be settled, else undefined */
  heard(container: Container, service: PlannedService, told: Told, tools: Tools): Promise<Trouble | undefined>
  /** Every service of the root, as one writes it in `services`; of a unit with instances the template, `name@`. */
  names(container: Container, tools: Tools): Promise<readonly string[]>
  /** How `names` has a service. */
  listed(name: string): string
}

/** Where the user wrote it. */
export function at({ file, line }: PlannedService): string {
  return `${file}:${line}`
}
