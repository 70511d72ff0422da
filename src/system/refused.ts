/** Calls of ours that the host refused: nothing that a user could not mend, and no bug. Pure. */
import { visible } from '../visible.ts'

/** What a user can mend without us: rights, room, a disk that is broken or read-only. */
const OF_THE_HOST = ['EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']

/** node says no more than the code there. */
const NOT_STARTED: Readonly<Record<string, string>> = {
  EAGAIN: 'this user may have no more processes',
  ENOMEM: 'there is no memory left',
  EMFILE: 'gentoomuch may open no more files',
  ENFILE: 'too many files are open on it',
  EACCES: 'permission denied',
}

/** A call that the file system refused, in words; undefined for everything else. */
export function refusedBySystem(error: unknown): string | undefined {
  const { code = '', syscall, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string }
  if (!(error instanceof Error) || syscall === undefined || !OF_THE_HOST.includes(code)) return undefined
  const where = [path, dest].filter((one) => one !== undefined).join(' → ')
  const why = /^[A-Z]+: ([^,]*)/.exec(error.message)?.[1] ?? code
  if (syscall.startsWith('spawn')) return visible(`The host could not start ${path}: ${NOT_STARTED[code] ?? code}.`)
  return visible(`The file system refused ${syscall}${where === '' ? '' : ` of ${where}`}: ${why}.`)
}
