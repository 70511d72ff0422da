/** The packages that a machine has, as far as this data directory tells. */
import { readFile } from 'node:fs/promises'
import type { HeldPackage } from '../execute/news.ts'
import type { Run } from '../execute/run.ts'
import { machineStep } from '../plan/machines.ts'
import { targets, type Resolved } from '../plan/resolved.ts'
import { listStages } from './stages.ts'

/**
 * What is published as the machine's latest build is what it runs; one that was never published has what was resolved for it
 * last. Slots and flags of a published package are those of the last answer that has it, if it is that version.
 * @returns nothing for a machine that was never resolved
 */
export async function heldPackages(
  run: Pick<Run, 'data' | 'steps'>,
  machine: { readonly name: string; readonly profile: string },
): Promise<HeldPackage[]> {
  const [published, resolved] = await Promise.all([publishedPackages(run.data, machine.name), lastAnswer(run, machine)])
  return combined(published, resolved)
}

/** Pure. @param published lines of a `.packages` list; undefined where nothing is published */
export function combined(published: readonly string[] | undefined, resolved: readonly HeldPackage[]): HeldPackage[] {
  if (published === undefined) return [...resolved]
  const known = new Map(resolved.map((entry) => [entry.cpv, entry]))
  return published.filter((line) => CPV.test(line)).map((cpv) => known.get(cpv) ?? { cpv })
}

/** The list lies in a folder of the user's: whatever else is in it names no package. */
const CPV = /^\w[\w+.-]*\/\w[\w+-]*-\d[\w.-]*$/

async function publishedPackages(data: string, machine: string): Promise<string[] | undefined> {
  const latest = (await listStages(data)).find((stage) => stage.machine === machine && stage.latest)
  if (latest === undefined) return undefined
  const list = await readFile(`${latest.tarball}.packages`, 'utf8').catch(() => undefined)
  return list?.split('\n')
}

async function lastAnswer(
  { steps }: Pick<Run, 'steps'>,
  machine: { readonly name: string; readonly profile: string },
): Promise<HeldPackage[]> {
  const last = await steps.lastRun(machineStep('resolve', machine))
  const record = last === undefined ? undefined : await steps.find(last.key)
  if (record === undefined) return []
  return targets(record.output.value as unknown as Resolved).map(({ cpv, slot, subslot, repository, use }) => ({
    cpv,
    slot,
    subslot,
    repository,
    use,
  }))
}
