/** What settles a root's services: OpenRC or systemd. */
import type { Container } from '../../engine/engine.ts'
import type { PlannedService } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import type { Trouble } from './asked.ts'

export interface Manager {
  /** What all services need together, before each is settled. */
  prepare(container: Container, services: readonly PlannedService[], tools: Tools): Promise<void>
  /** @returns why it could not be, else undefined */
  settle(container: Container, service: PlannedService, tools: Tools): Promise<Trouble | undefined>
  /** Every service of the root, as one writes it in `services`; of a unit with instances the template, `name@`. */
  names(container: Container, tools: Tools): Promise<readonly string[]>
  /** How `names` has a service. */
  listed(name: string): string
}

/** Where the user wrote it. */
export function at({ file, line }: PlannedService): string {
  return `${file}:${line}`
}
