/** Which ids of the host stand for the ids 0..65535 inside. Pure. */

/** `inside` .. `inside + count - 1` are `outside` .. on the host. */
export interface IdRange {
  readonly inside: number
  readonly outside: number
  readonly count: number
}

/** Ids inside: 0..65535, on every host, so that `nobody` and Portage's accounts always exist. */
export const IDS = 65_536

/** Where root's containers live when /etc/subuid gives root nothing: high, so that no account has these ids. */
const HIGH = 1_000_000_000

interface Grant {
  readonly who: string
  readonly start: number
  readonly count: number
}

/** The grants of /etc/subuid or /etc/subgid; lines that make no sense are skipped, as the shadow tools do. */
export function grants(text: string): readonly Grant[] {
  return text.split('\n').flatMap((line) => {
    const [who, start, count, ...more] = line.trim().split(':')
    if (!who || more.length > 0 || !/^\d+$/.test(start ?? '') || !/^\d+$/.test(count ?? '')) return []
    return [{ who, start: Number(start), count: Number(count) }]
  })
}

/** The first grant to `user` (by name or number) that is large enough. */
export function grantOf(text: string, user: { name: string; uid: number }, count: number): number | undefined {
  return grants(text).find((g) => (g.who === user.name || g.who === String(user.uid)) && g.count >= count)?.start
}

/** For an ordinary user: himself as root, his subordinate ids for the rest. Undefined without a large enough grant. */
export function userRange(text: string, user: { name: string; uid: number; id: number }): IdRange[] | undefined {
  const start = grantOf(text, user, IDS - 1)
  if (start === undefined) return undefined
  return [
    { inside: 0, outside: user.id, count: 1 },
    { inside: 1, outside: start, count: IDS - 1 },
  ]
}

/** For root: root's own grant, or a high range that is granted to nobody. Never the host's ids. */
export function rootRange(text: string): IdRange {
  const own = grantOf(text, { name: 'root', uid: 0 }, IDS)
  if (own !== undefined && own > 0) return { inside: 0, outside: own, count: IDS }
  const all = grants(text)
  let start = HIGH
  for (;;) {
    const inTheWay = all.find((g) => g.start < start + IDS && g.start + g.count > start)
    if (inTheWay === undefined) return { inside: 0, outside: start, count: IDS }
    start = inTheWay.start + inTheWay.count
  }
}

/** A line of /proc/PID/uid_map. */
export function mapLine(range: IdRange): string {
  return `${range.inside} ${range.outside} ${range.count}`
}

/** newuidmap's arguments after the process id. */
export function mapArguments(ranges: readonly IdRange[]): string[] {
  return ranges.flatMap((r) => [String(r.inside), String(r.outside), String(r.count)])
}
