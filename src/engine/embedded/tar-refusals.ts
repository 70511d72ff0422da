/** Why a tar from a stranger is not unpacked. Pure. Names in here are latin1, a character a byte. */
import { EXIT, UserError } from '../../errors.ts'
import { visible } from '../../visible.ts'

const HINT = 'Do not use this tarball.'

function refusal(code: string, message: string, hint = HINT): UserError {
  return new UserError(code, message, { hint, exit: EXIT.untrusted })
}

export function climbsOut(name: string): UserError {
  return refusal('tar-climbs-out', `The tarball has a member that leads out of it: ${shown(name)}.`)
}

export function throughLink(name: string, link: string): UserError {
  return refusal(
    'tar-through-link',
    `The tarball has a member that would be written through a link of its own: ${shown(name)}, where ${shown(link)} is a link.`,
  )
}

export function folderOrNot(name: string): UserError {
  return refusal('tar-folder-or-not', `The tarball has ${shown(name)} as a folder and as something else.`)
}

export function longName(name: string): UserError {
  return refusal('tar-long-name', `The tarball has a name that no file system takes: ${shown(name)}.`)
}

export function longHeader(bytes: number, limit: number): UserError {
  return refusal('tar-long-header', `The tarball has a header of ${bytes} bytes; ${limit} are the most a header needs.`)
}

export function tooLarge(limit: number): UserError {
  return refusal('tar-too-large', `The tarball unpacks to more than ${limit} bytes.`)
}

export function tooMany(limit: number): UserError {
  return refusal('tar-too-many', `The tarball has more than ${limit} members.`)
}

export function ambiguous(why: string): UserError {
  return refusal('tar-ambiguous', `The tarball could be read in more than one way: ${visible(why)}.`)
}

export function unknownMember(name: string, type: string): UserError {
  return refusal(
    'tar-unknown-member',
    `The tarball has a member of an unknown kind (${visible(type)}): ${shown(name)}.`,
  )
}

export function cutShort(): UserError {
  return refusal('tar-cut-short', 'The tarball ends too early.', 'Fetch it again.')
}

export function broken(why: string): UserError {
  return refusal('tar-broken', `The tarball is broken: ${why}.`, 'Fetch it again.')
}

/** The first part is enough to find it by. */
function shown(name: string): string {
  const whole = Buffer.from(name, 'latin1').toString()
  return visible(JSON.stringify(whole.length > 200 ? `${whole.slice(0, 200)}…` : whole))
}
