/**
 * What `tar --create --verbose --verbose` lists while it writes, as `tar --list --verbose` lists the archive afterwards: a
 * second tar that reads all of it for that would take as long as the first. GNU tar prints both with one function and shows
 * - behind the permissions, where attributes are asked for, whether there are any;
 * - a file's own time, where the archive has none after `--mtime` (`--clamp-mtime`) and none before 1970, which the header
 *   of a pax archive cannot hold.
 * Pure. latin1: a character a byte.
 */

/** Type and permissions, owner and size, time, and the beginning of a name: all are below the folder `.`. */
const LINE = /^(.[-rwxsStT]{9})[ .*+]?( \d+\/\d+ +[\d,]+ )(-?\d+(?:-\d\d-\d\d \d\d:\d\d)?) +(?=\.)/

const FIRST = '1970-01-01 00:00'

/** @returns what turns such a line into the other, its line break not in it */
export function createdLine(epoch: number): (line: string) => string {
  const last = new Date(epoch * 1000).toISOString().slice(0, 16).replace('T', ' ')
  return (line) =>
    line.replace(LINE, (_begin, permissions: string, numbers: string, time: string) => {
      return `${permissions}${numbers}${between(FIRST, time, last)} `
    })
}

/** Times as texts: those between the other two have four digits of a year, as these have. */
function between(first: string, time: string, last: string): string {
  if (time.length !== first.length) return time.startsWith('-') || time.length < first.length ? first : last
  return time < first ? first : time > last ? last : time
}
