import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command.addHelpText('after', '\nA star marks what stages/NAME/latest points at.')
}

export async function run(context: Context): Promise<Answer> {
  const { size: formatSize } = await import('../report/size.ts')
  const { listStages } = await import('../workbench/stages.ts')
  const stages = await listStages(context.data)
  const lines = stages.map(
    ({ machine, latest, tarball, bytes, signed }) =>
      `${latest ? '*' : ' '} ${machine}  ${formatSize(bytes)}${signed ? '' : '  unsigned'}  ${tarball}`,
  )
  return {
    json: stages.map((stage) => ({ ...stage })),
    text: lines.length === 0 ? 'Nothing is published yet: gentoomuch pipeline' : lines.join('\n'),
  }
}
