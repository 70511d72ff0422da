import type { Command } from 'commander'
import { shellWord } from '../system/shell-word.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command.addHelpText(
    'after',
    '\nThe configuration goes to --config (~/gentoomuch-config). What is there stays as it is.',
  )
}

export async function run(context: Context): Promise<Answer> {
  const { init } = await import('../workbench/init.ts')
  const done = await init(context.config, context.data)
  const lines = [
    `${done.written.length} files written in ${done.config}${done.kept.length === 0 ? '' : `, ${done.kept.length} were there and stay as they are`}.`,
    ...(done.written.some((path) => path.endsWith('builder/cpu'))
      ? [`The builder is compiled for cpu.defines/${done.cpu}.`]
      : []),
    ...done.notes,
    `Data goes to ${done.data}.`,
    '',
    'Next:',
    ...(done.inGit ? [] : [`  git -C ${shellWord(done.config)} init`]),
    '  gentoomuch check',
    '  gentoomuch bootstrap default --latest openrc',
    '  gentoomuch sync',
    '  gentoomuch pipeline',
  ]
  return { json: { ...done }, text: lines.join('\n') }
}
