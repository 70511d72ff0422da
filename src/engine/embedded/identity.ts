/** As whom the engine works on this host: root with shifted ids, or an ordinary user with his subordinate ids. */
import { userInfo } from 'node:os'
import { UserError } from '../../errors.ts'
import { readIfThere } from '../../system/files.ts'
import { IDS, mapLine, rootRange, userRange, type IdRange } from './idmap.ts'

export interface Identity {
  /** What newuidmap and newgidmap are to write for the outer user namespace; root needs none. */
  readonly outer: { readonly uids: readonly IdRange[]; readonly gids: readonly IdRange[] } | undefined
  /** The lines for the container's own user namespace. */
  readonly uidMap: string
  readonly gidMap: string
  /** The host's ids of root inside. */
  readonly uid: number
  readonly gid: number
}

/** @throws UserError `no-subordinate-ids` when the user has none */
export async function whoAmI(): Promise<Identity> {
  const subuid = (await readIfThere('/etc/subuid')) ?? ''
  const subgid = (await readIfThere('/etc/subgid')) ?? ''
  const { username: name, uid, gid } = userInfo()
  if (uid === 0) return asRoot(rootRange(subuid), rootRange(subgid))
  const uids = userRange(subuid, { name, uid, id: uid })
  const gids = userRange(subgid, { name, uid, id: gid })
  if (uids === undefined || gids === undefined) throw noSubordinateIds(name)
  // A line of the inner map must lie within one line of the outer map.
  const inner = uids.map((range) => mapLine({ ...range, outside: range.inside })).join('\n')
  return { outer: { uids, gids }, uidMap: inner, gidMap: inner, uid, gid }
}

function asRoot(uids: IdRange, gids: IdRange): Identity {
  return { outer: undefined, uidMap: mapLine(uids), gidMap: mapLine(gids), uid: uids.outside, gid: gids.outside }
}

function noSubordinateIds(name: string): UserError {
  return new UserError(
    'no-subordinate-ids',
    `The user ${name} has no range of ${IDS - 1} subordinate ids in /etc/subuid and /etc/subgid; a Gentoo system needs more users than one.`,
    { hint: `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${name}` },
  )
}

/** What must not change under a data directory: its trees are owned by these ids. */
export function ownership(identity: Identity): string {
  const { outer, uidMap, gidMap } = identity
  return JSON.stringify(outer ?? { uidMap, gidMap })
}

/** Whether a text can be what `ownership` gave, for any identity. */
export function isOwnership(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && ('uids' in value || 'uidMap' in value)
  } catch {
    return false
  }
}
