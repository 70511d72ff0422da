import type { Command } from 'commander'
import type { Run } from '../execute/run.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export function declare(command: Command): void {
  command
    .argument('<stage4>', 'a machine of stage4.defines/')
    .argument('[package]', 'category/package or package, with a version or without')
    .addHelpText(
      'after',
      `
Of a machine: for each step whether its output is there, or why it runs; and which packages are compiled, and why each. Of a
package: what pulled it in, how it was chosen, and what made it another one than before. Nothing is compiled.

Examples:
  gentoomuch why router
  gentoomuch why router dev-libs/openssl`,
    )
}

export async function run(context: Context, args: readonly unknown[]): Promise<Answer> {
  const [machine, word] = args as [string, string | undefined]
  const { config, lock } = await context.read()
  const { whyMachine, whyPackage } = await import('../workbench/why/why.ts')
  const { machineJson, packageJson } = await import('../workbench/why/json.ts')
  const { machineLines, packageLines } = await import('../workbench/why/text.ts')
  // An answer was asked for, not the way to it.
  const quietly = <T>(work: (run: Run) => Promise<T>) =>
    context.ask('why', config, work, context.globals.verbose !== true)
  if (word === undefined) {
    const told = await quietly((work) => whyMachine(config, lock, machine, work))
    return { json: machineJson(told), text: machineLines(told).join('\n') }
  }
  const told = await quietly((work) => whyPackage(config, lock, { machine, word }, work))
  return { json: packageJson(told), text: packageLines(told).join('\n') }
}
