/** News for people: a line each, or whole. All texts of a repository pass `visible`. */
import { suggest } from '../config/names.ts'
import { UserError } from '../errors.ts'
import { visible, visibleText } from '../visible.ts'
import type { NewsReport } from './news-report.ts'

type Item = NewsReport['items'][number]
type Advisory = NewsReport['advisories'][number]

export interface Chosen {
  readonly items: readonly Item[]
  readonly advisories: readonly Advisory[]
}

export function unread({ items, advisories }: Chosen): Chosen {
  return { items: items.filter(({ read }) => !read), advisories: advisories.filter(({ read }) => !read) }
}

/**
 * Those that are named: `ID`, `REPOSITORY/ID`, `glsa-ID`, or an advisory's id alone.
 * @throws UserError `unknown-news`
 */
export function named(report: Chosen, words: readonly string[]): Chosen {
  const isMeant = (word: string) => (one: Item | Advisory) => [one.name, one.mark, one.id].includes(word)
  const all = [...report.advisories, ...report.items]
  for (const word of words) {
    if (all.some(isMeant(word))) continue
    const hint = suggest(word, [...all.map(({ name }) => name), ...all.map(({ mark }) => mark)])
    throw new UserError('unknown-news', `No news item or advisory ${visible(word)} concerns a machine.`, {
      hint: visible(hint ?? 'gentoomuch news --all lists those that do'),
    })
  }
  const chosen = <T extends Item | Advisory>(rows: readonly T[]) =>
    rows.filter((one) => words.some((word) => isMeant(word)(one)))
  return { items: chosen(report.items), advisories: chosen(report.advisories) }
}

/** A line each, advisories first. @param stars before what is unread */
export function newsLines({ items, advisories }: Chosen, stars: boolean): string[] {
  const rows = [
    ...advisories.map((one) => [one, `${advisoryTitle(one)}: ${hitWords(one)}`] as const),
    ...items.map((one) => [one, `${one.title}: ${one.machines.join(', ')}`] as const),
  ]
  const width = Math.max(0, ...rows.map(([{ name }]) => visible(name).length))
  return rows.map(([{ name, read }, words]) => {
    const star = stars ? (read ? '  ' : '* ') : ''
    return `${star}${visible(name).padEnd(width)}  ${visible(words)}`
  })
}

/** Where there is nothing to list. @param known how many there are, read ones too */
export function noNews(all: boolean, known: number): string {
  if (all) return 'No news.'
  return known === 0 ? 'No unread news.' : `No unread news; ${known} read: gentoomuch news --all`
}

function advisoryTitle({ title, impact }: Advisory): string {
  return impact === '' ? title : `${title} (${impact})`
}

/** `app-misc/greet-1.0 of porch, plain; app-misc/greet-1.1 of den` */
function hitWords({ hits }: Advisory): string {
  const machines = new Map<string, string[]>()
  for (const [machine, packages] of Object.entries(hits))
    for (const { cpv } of packages) machines.set(cpv, [...(machines.get(cpv) ?? []), machine])
  return [...machines].map(([cpv, names]) => `${cpv} of ${names.join(', ')}`).join('; ')
}

/** Everything of the chosen ones. */
export function wholeNews({ items, advisories }: Chosen): string {
  return [...advisories.map(wholeAdvisory), ...items.map(wholeItem)].join('\n\n\n')
}

function wholeItem({ name, repository, title, posted, authors, machines, body }: Item): string {
  const head = [
    `${name} (${repository})`,
    title,
    `Posted ${posted}${authors.length === 0 ? '' : ` by ${authors.join(', ')}`}; concerns ${machines.join(', ')}.`,
  ]
  return `${head.map(visible).join('\n')}\n\n${visibleText(body)}`
}

function wholeAdvisory({ text, hits }: Advisory): string {
  const lines = Object.entries(hits).flatMap(([machine, packages]) =>
    packages.map(
      ({ cpv, upgrade }) =>
        `${machine} has ${cpv}: ${upgrade === null ? 'the repositories have nothing better yet' : `${upgrade} is not affected`}.`,
    ),
  )
  // Portage pads and indents what is empty too.
  return `${visibleText(text.trim().replaceAll(/[ \t]+$/gm, ''))}\n\n${lines.map(visible).join('\n')}`
}

/** For the end of a sync; undefined where nothing is unread. */
export function unreadSentence(report: Chosen): string | undefined {
  const { items, advisories } = unread(report)
  const counts = [
    counted(advisories.length, 'advisory', 'advisories'),
    counted(items.length, 'news item', 'news items'),
  ]
  const found = counts.filter((words) => words !== '')
  return found.length === 0 ? undefined : `Unread: ${found.join(' and ')} for these machines.`
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`
}
