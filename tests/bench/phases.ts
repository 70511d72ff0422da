/** What each phase of checking a configuration costs, one after the other in this process, nothing of it done before. */
import { disagreements } from '../../src/check/disagreements.ts'
import { siblings } from '../../src/check/siblings.ts'
import { unused } from '../../src/check/unused.ts'
import { inspectConfig } from '../../src/config/read.ts'
import { composeDefinition, piecesOf } from '../../src/portage/definition.ts'
import { parsePiece } from '../../src/portage/parsed.ts'
import { listVariables } from '../../src/portage/variables.ts'

/** Name → milliseconds. Run it in a process of its own: code that ran before is fast. */
export async function phases(path: string): Promise<Map<string, number>> {
  const times = new Map<string, number>()
  let since = performance.now()
  const ends = (name: string) => {
    times.set(name, performance.now() - since)
    since = performance.now()
  }
  const { config } = await inspectConfig(path)
  ends('read')
  const stage3s = [...config.stage3s.values()]
  for (const define of stage3s) for (const piece of piecesOf(config, define)) parsePiece(piece)
  ends('parse')
  const lists = listVariables([])
  const machines = stage3s.map((define) => ({ name: define.name, composed: composeDefinition(config, define, lists) }))
  ends('compose')
  disagreements(machines)
  siblings(machines, true)
  unused(config)
  ends('rules')
  return times
}

if (import.meta.filename === process.argv[1])
  process.stdout.write(JSON.stringify(Object.fromEntries(await phases(process.argv[2] ?? ''))))
