/** What was given in the place of a signature, told by its first bytes: better than "gpg found no signature". Pure. */
import type { UserError } from '../errors.ts'
import type { Clearsigned, NotClearsigned } from './clearsigned.ts'
import type { Role } from './trust-roles.ts'
import { distrust } from './trust-refusals.ts'

type Say = (codes: string, what: string, role: Role) => UserError

const WEB_PAGE = /^\s*<(!doctype|html|head|\?xml)/i

/** Why these bytes are no detached signature; undefined where they may be one. */
export function notDetached(bytes: Buffer): Say | undefined {
  const text = bytes.subarray(0, 65_536).toString('latin1')
  const say =
    (code: string, words: string): Say =>
    (codes, what, role) =>
      distrust(`${codes}-${code}`, `${what} ${words}.`, again(role))
  if (text.trim() === '') return say('empty-signature', 'comes with an empty signature file')
  if (WEB_PAGE.test(text)) return say('web-page', 'comes with a web page where its signature was expected')
  if (text.includes('-----BEGIN PGP SIGNED MESSAGE-----'))
    return say('not-detached', 'comes with a clearsigned text where a detached signature was expected')
  if (text.includes('-----BEGIN PGP MESSAGE-----'))
    return say('not-detached', 'comes with a signed message where a detached signature was expected')
  if (/-----BEGIN PGP (PUBLIC|PRIVATE) KEY BLOCK-----/.test(text))
    return say('key-for-signature', 'comes with an OpenPGP key where its signature was expected')
  if (text.split('-----BEGIN PGP SIGNATURE-----').length > 2)
    return say('several-signatures', 'carries several signatures where one was expected')
  return undefined
}

const WORDS: Readonly<Record<NotClearsigned, string>> = {
  'no-message': 'is not signed: it holds no clearsigned text',
  detached: 'is a detached signature where a clearsigned text was expected',
  'text-before': 'has text before the signed block, which nobody signed',
  'text-after': 'has text after the signed block, which nobody signed',
  'several-messages': 'has several signed blocks where one was expected',
  header: 'has a header in its signed block that no signature covers',
  broken: 'has a broken signed block',
}

const CODES: Readonly<Record<NotClearsigned, string>> = {
  'no-message': 'no-signature',
  detached: 'not-clearsigned',
  'text-before': 'text-outside',
  'text-after': 'text-outside',
  'several-messages': 'several-blocks',
  header: 'armour-header',
  broken: 'broken-block',
}

export function notClearsigned(
  found: Extract<Clearsigned, { problem: NotClearsigned }>,
  codes: string,
  what: string,
  role: Role,
): UserError {
  const { problem, line } = found
  const where = problem === 'no-message' || problem === 'detached' ? '' : ` (line ${line})`
  return distrust(`${codes}-${CODES[problem]}`, `${what} ${WORDS[problem]}${where}.`, again(role))
}

function again(role: Role): string {
  return `get the ${role.name} and its signature again`
}
