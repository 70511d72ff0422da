/** What `pipeline` and `stage build` share: a goal realised or, with --dry-run, judged. */
import type { Judged } from '../plan/verdict.ts'
import { exitOf } from '../execute/failure.ts'
import { build, dryRun } from '../pipeline.ts'
import type { Answer } from './command.ts'
import type { Context } from './context.ts'

export async function buildMachines(
  context: Context,
  command: string,
  machines: readonly string[],
  unsigned: boolean,
): Promise<Answer> {
  const { config, lock } = await context.read()
  const goal = { config, lock, machines, unsigned }
  if (context.globals.dryRun === true) {
    const judged = await context.run(command, config, (run) => dryRun(goal, run))
    return { json: judged.map(verdictJson), text: judged.flatMap(verdictLines).join('\n') }
  }
  const { built, result } = await context.run(
    command,
    config,
    (run) => build(goal, run),
    (done) => done.result.failures.size === 0,
  )
  const published = built.flatMap(({ folder }) => (folder === undefined ? [] : [folder]))
  const json = {
    built: built.map(({ machine, folder }) => ({ machine, folder })),
    failures: [...result.failures].map(([step, failure]) => ({ step, ...failure })),
  }
  return { json, text: published.join('\n'), exit: result.failures.size === 0 ? 0 : exitOf(result.failures.values()) }
}

function verdictJson({ step, verdict }: Judged) {
  const { word } = verdict
  return {
    step: step.id,
    verdict: word,
    ...(word === 'unknown' ? { waitsFor: [...verdict.waitsFor] } : { key: verdict.key }),
    ...(word === 'run' ? { because: [...verdict.because] } : {}),
  }
}

function verdictLines({ step, verdict }: Judged): string[] {
  const head = `${verdict.word.padEnd(8)}${step.label}`
  if (verdict.word === 'run') return [head, ...verdict.because.map((reason) => `          ${reason}`)]
  return [verdict.word === 'unknown' ? `${head} (waits for ${verdict.waitsFor.join(', ')})` : head]
}
