/** A configuration directory that is there, or may be, and that the system does not let this user look into. */
import { UserError } from '../errors.ts'

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read it, or a folder above it',
  EPERM: 'this user may not read it, or a folder above it',
  ELOOP: 'its links go in a circle',
  ENAMETOOLONG: 'its name is too long',
}

/**
 * @param error of the system
 * @throws what is no refusal of the system
 */
export function unreachable(path: string, error: unknown): UserError {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  return new UserError(
    'unreachable-configuration',
    `The configuration directory cannot be read: ${path}: ${REASONS[code] ?? code}.`,
    { hint: '--config or GENTOOMUCH_CONFIG names another place' },
  )
}
