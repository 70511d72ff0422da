/** What the seeds' Portage answered, as one report with what was read. Pure. */
import type { Advisory, NewsAnswer, NewsItem } from '../execute/news.ts'
import { visible } from '../visible.ts'

export interface Told {
  /** What people call it: the id of a news item, `glsa-ID` of an advisory. */
  readonly name: string
  /** What remembers that it was read: `REPOSITORY/ID`, `glsa-ID`. */
  readonly mark: string
  readonly read: boolean
}

export interface NewsReport {
  /** Both newest first. */
  readonly items: readonly (NewsItem & Told)[]
  readonly advisories: readonly (Advisory & Told)[]
  /** What could not be told and why, a sentence each. */
  readonly notes: readonly string[]
}

export function reportOf(answer: NewsAnswer, notes: readonly string[], read: ReadonlySet<string>): NewsReport {
  const told = (name: string, mark: string): Told => ({ name, mark, read: read.has(mark) })
  return {
    items: answer.items.map((item) => ({ ...item, ...told(item.id, `${item.repository}/${item.id}`) })),
    advisories: answer.advisories.map((advisory) => {
      const name = `glsa-${advisory.id}`
      return { ...advisory, ...told(name, name) }
    }),
    notes: [...notes, ...answer.problems.map(({ about, message }) => visible(`The ${about} was left out: ${message}`))],
  }
}

/** Answers of several containers as one: repositories are at the same revisions in all of them. */
export function merged(answers: readonly NewsAnswer[]): NewsAnswer {
  const items = new Map<string, NewsItem>()
  const advisories = new Map<string, Advisory>()
  const problems = new Map<string, NewsAnswer['problems'][number]>()
  for (const answer of answers) {
    for (const item of answer.items) {
      const key = `${item.repository}/${item.id}`
      items.set(key, { ...item, machines: [...(items.get(key)?.machines ?? []), ...item.machines] })
    }
    for (const advisory of answer.advisories)
      advisories.set(advisory.id, { ...advisory, hits: { ...advisories.get(advisory.id)?.hits, ...advisory.hits } })
    for (const problem of answer.problems) problems.set(problem.about, problem)
  }
  return {
    items: newestFirst([...items.values()]),
    advisories: newestFirst([...advisories.values()]),
    problems: [...problems.values()],
  }
}

/** Ids begin with a date. */
function newestFirst<T extends { readonly id: string }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0))
}
