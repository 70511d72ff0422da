/** news: the repositories' news items and security advisories that concern the configured machines. */
import { join } from 'node:path'
import type { Lock } from '../config/lock.ts'
import type { Config, Stage4Define } from '../config/model.ts'
import { askForNews, type NewsAnswer, type NewsQuestion } from '../execute/news.ts'
import { judgeSteps, outputOf, realiseSteps } from '../execute/realise.ts'
import type { Run } from '../execute/run.ts'
import type { Result } from '../execute/scheduler.ts'
import { valueOf, type RepositoryValue, type SeedValue } from '../execute/values.ts'
import { composed, namedRepositories, readRepositories, repositoriesFor } from '../repositories.ts'
import { seedOf } from '../plan/repositories.ts'
import { distinct, planRepositories, planSeed, type PlannedRepository } from '../plan/snapshots.ts'
import type { PortageDirectory } from '../portage/model.ts'
import { exists } from '../system/files.ts'
import { failIfAny } from './failures.ts'
import { heldPackages } from './news-held.ts'
import { readMarks } from './news-read.ts'
import { merged, reportOf, type NewsReport } from './news-report.ts'

const ID = 'news'
const LABEL = 'ask for news'

/**
 * Asks the seeds' own Portage, one container a profile. What is missing for it (a profile that was never bootstrapped, a
 * repository that was never synced) becomes a note.
 * @throws UserError `build-failed`, `portage-failed`
 */
export async function newsFor(config: Config, lock: Lock, run: Run): Promise<NewsReport> {
  const { machines, notes } = await whoCanBeAsked(config, lock, run)
  const answer = machines.length === 0 ? merged([]) : await ask(config, lock, run, machines)
  return reportOf(answer, notes, await readMarks(run.layout))
}

interface Asked {
  readonly machines: readonly Stage4Define[]
  readonly notes: readonly string[]
}

async function whoCanBeAsked(config: Config, lock: Lock, run: Run): Promise<Asked> {
  const machines: Stage4Define[] = []
  const without = new Map<string, string[]>()
  for (const machine of config.stage4s.values()) {
    const why = await whyNot(machine, config, lock, run)
    if (why === undefined) machines.push(machine)
    else without.set(why, [...(without.get(why) ?? []), machine.name])
  }
  const notes = [...without].map(([why, names]) => `The news for ${names.join(', ')} cannot be told: ${why}.`)
  return { machines, notes }
}

/** What is missing to ask for a machine, as the end of a sentence. */
async function whyNot(machine: Stage4Define, config: Config, lock: Lock, run: Run): Promise<string | undefined> {
  const { profile } = machine
  const locked = lock.profiles[profile]
  if (locked === undefined) return `the profile ${profile} has not been bootstrapped`
  const names = [...namedRepositories(config, [machine.stage3]).keys()]
  const unsynced = names.filter((name) => lock.repositories[name] === undefined)
  if (unsynced.length > 0) return `${unsynced.join(', ')} has not been synced here yet`
  // Unpacked, or there to be unpacked.
  const [judged] = await judgeSteps([planSeed(profile, seedOf(config, lock, profile))], run)
  const isHere = judged?.verdict.word === 'have' || (await exists(join(run.layout.seeds, locked.sha512, locked.stage3)))
  return isHere ? undefined : `the stage3 of ${profile} is not in this data directory`
}

interface Planned {
  readonly machine: Stage4Define
  readonly portage: PortageDirectory
  readonly repositories: readonly PlannedRepository[]
}

async function ask(config: Config, lock: Lock, run: Run, machines: readonly Stage4Define[]): Promise<NewsAnswer> {
  const defines = machines.map(({ stage3 }) => stage3)
  const known = await readRepositories({ config, lock }, defines, run.data, run.signal)
  const planned = machines.map((machine): Planned => ({
    machine,
    portage: composed(config, machine.stage3, known.lists),
    repositories: repositoriesFor(config, lock, machine.stage3, known),
  }))
  const seeds = machines.map(({ profile }) => planSeed(profile, seedOf(config, lock, profile)))
  const trees = planned.flatMap(({ repositories }) => planRepositories(repositories))
  const result = await realiseSteps(distinct([...seeds, ...trees]), run)
  failIfAny(result)

  run.emit({ type: 'step-started', id: ID, label: LABEL })
  const since = performance.now()
  const answers: NewsAnswer[] = []
  for (const group of together(planned)) {
    const means = { engine: run.openEngine, scratch: run.layout.scratch, signal: run.signal }
    answers.push(await askForNews(await questionOf(group, result, run), means))
  }
  const seconds = (performance.now() - since) / 1000
  run.emit({ type: 'step-done', id: ID, label: LABEL, how: 'ran', seconds })
  return merged(answers)
}

/** Machines that one container can answer for: of one profile, with the same repositories at the same places. */
function together(planned: readonly Planned[]): Planned[][] {
  const groups = new Map<string, Planned[]>()
  for (const one of planned) {
    const places = one.repositories.map(({ name, location }) => [name, location])
    const key = JSON.stringify([one.machine.profile, places])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

async function questionOf(group: readonly Planned[], result: Result, run: Run): Promise<NewsQuestion> {
  const [first] = group
  if (first === undefined) throw new Error('a group has a machine')
  return {
    seed: valueOf<SeedValue>(outputOf(result, `seed:${first.machine.profile}`)),
    repositories: first.repositories.map(({ name, location }) => ({
      name,
      location,
      tree: valueOf<RepositoryValue>(outputOf(result, `repository:${name}`)).tree,
    })),
    machines: await Promise.all(
      group.map(async ({ machine, portage }) => ({
        name: machine.name,
        portage,
        packages: await heldPackages(run, machine),
      })),
    ),
  }
}
