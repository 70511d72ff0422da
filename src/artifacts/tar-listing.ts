/**
 * The lines of `tar --list --verbose --numeric-owner` in the C locale and UTC, byte for byte. Made from headers as they
 * pass: a second tar that reads the whole archive for them would cost as much as the first. Pure.
 */
import type { TarMember } from './tar-member.ts'

/** GNU tar's first guess at how wide owner, group and size are together; later lines are as wide as the widest before. */
const OWNER_AND_SIZE = 19

/** In seconds. */
const DAY = 86_400

export class TarListing {
  #width = OWNER_AND_SIZE
  readonly #permissions = remembered(permissions)
  readonly #day = remembered(day)

  line(member: TarMember): string {
    const { uid, gid, type, major, minor } = member
    const owner = `${uid}/${gid}`
    const size = type === 'c' || type === 'b' ? `${major},${minor}` : String(member.size)
    this.#width = Math.max(this.#width, owner.length + 1 + size.length)
    const arrow = type === 'l' ? ' -> ' : type === 'h' ? ' link to ' : ''
    const link = arrow === '' ? '' : `${arrow}${escaped(member.link)}`
    const numbers = `${owner} ${size.padStart(this.#width - owner.length - 1)}`
    return `${type}${this.#permissions(member.mode)} ${numbers} ${this.#minute(member.mtime)} ${escaped(member.name)}${link}\n`
  }

  /** `2026-01-01 00:00`. */
  #minute(seconds: number): string {
    const days = Math.floor(seconds / DAY)
    const minutes = Math.floor((seconds - days * DAY) / 60)
    return `${this.#day(days)} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
  }
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}

/** Most members have the modes and days of others. */
function remembered(text: (of: number) => string): (of: number) => string {
  const known = new Map<number, string>()
  return (of) => {
    const before = known.get(of)
    if (before !== undefined) return before
    const now = text(of)
    known.set(of, now)
    return now
  }
}

/** `rwxr-sr-t`, as `ls` writes it. */
function permissions(mode: number): string {
  const bits = 'rwxrwxrwx'.split('').map((letter, bit) => ((mode & (0o400 >> bit)) === 0 ? '-' : letter))
  const special = (place: number, flag: number, letter: string) => {
    if ((mode & flag) !== 0) bits[place] = bits[place] === '-' ? letter.toUpperCase() : letter
  }
  special(2, 0o4000, 's')
  special(5, 0o2000, 's')
  special(8, 0o1000, 't')
  return bits.join('')
}

/** `2026-01-01`. */
function day(days: number): string {
  return new Date(days * DAY * 1000).toISOString().slice(0, 10)
}

const LETTERS: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
])

const ODD = /[^ -[\]-~]/

/** @param name latin1 */
function escaped(name: string): string {
  if (!ODD.test(name)) return name
  return name.replaceAll(
    /[^ -[\]-~]/g,
    (byte) => LETTERS.get(byte) ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
}
