import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command.addHelpText('after', '\nLooking changes nothing. Exits 2 when something that is needed is missing.')
}

export async function run(context: Context): Promise<Answer> {
  const { examine, renderChecks } = await import('../workbench/doctor.ts')
  const checks = await examine({ data: context.data })
  const ok = checks.every((check) => check.ok)
  return { json: checks.map((check) => ({ ...check })), text: renderChecks(checks).join('\n'), exit: ok ? 0 : 2 }
}
