import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Answer } from './command.ts'
import type { Context as Given } from './context.ts'

export function declare(command: Command): void {
  command
    .option('--dir <dir>', 'where everything goes (default: ~/gentoomuch-demo)')
    .option('--yes', 'install missing system packages without asking')
    .option('--remove', 'remove the demo and what was kept to make the next one quick')
    .addHelpText(
      'after',
      '\nMakes a small, real Gentoo here, bootstraps from it, builds two machines, signs them. A second run has nothing to do.',
    )
}

export async function run(
  context: Given,
  _args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { demo, demoPlaces } = await import('../workbench/demo/demo.ts')
  const { removeDemo } = await import('../workbench/demo/remove.ts')
  const { demoWords } = await import('../workbench/demo/words.ts')
  const [{ ownName }, { shellWord }] = await Promise.all([
    import('../system/self.ts'),
    import('../system/shell-word.ts'),
  ])
  const { Context } = await import('./context.ts')
  const chosen = options['dir']
  const dir = resolve(typeof chosen === 'string' ? chosen : join(homedir(), 'gentoomuch-demo'))
  const places = demoPlaces(dir)
  if (options['remove'] === true) {
    await removeDemo(dir, places.cache)
    return { json: { removed: dir }, text: `${dir} is gone.` }
  }
  const own = new Context({ ...context.globals, config: places.config, data: places.data }, context.signal)
  const done = await demo({
    places,
    yes: options['yes'] === true,
    signal: context.signal,
    reported: (work) => own.reported(undefined, 'demo', work),
    perform: (command, config, work) => own.run(command, config, work),
  })
  const removeFlags = typeof chosen === 'string' ? ` --dir ${shellWord(dir)}` : ''
  const json = {
    dir,
    config: places.config,
    data: places.data,
    keys: places.keys,
    stages: done.stages.map((stage) => ({ ...stage })),
  }
  return { json, text: demoWords(done, await ownName(), removeFlags) }
}
