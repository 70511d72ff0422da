/** What lines of a machine's small files look like. Pure; undefined means that the line is none. */
import type { Locale, Service } from './model.ts'

const SERVICE_SIGNS = { '': 'starts', '-': 'rests', '!': 'masked' } as const

/** @param text of one line: `sshd`, `sshd default`, `-sshd`, `-sshd default` or `!sshd` */
export function parseService(text: string, line: number): Service | undefined {
  const found = /^(-|!|)([A-Za-z0-9_][A-Za-z0-9_.:@\\+-]*)(?:\s+([A-Za-z0-9_][A-Za-z0-9_-]*))?$/.exec(text)
  if (found?.[2] === undefined || (found[1] === '!' && found[3] !== undefined)) return undefined
  return { name: found[2], is: SERVICE_SIGNS[found[1] as keyof typeof SERVICE_SIGNS], runlevel: found[3], line }
}

/** @param text of one line of locale.gen(5): `de_CH.UTF-8 UTF-8`, or `de_CH` alone, which locale-gen takes from its 3.10 on */
export function parseLocale(text: string, line: number): Locale | undefined {
  const found =
    /^([A-Za-z]{1,8}(?:_[A-Z]{2,3})?(?:\.[A-Za-z0-9-]+)?(?:@[A-Za-z0-9-]+)?)(?:\s+([A-Z0-9][A-Za-z0-9_-]*))?$/.exec(
      text,
    )
  return found?.[1] === undefined ? undefined : { name: found[1], charset: found[2], line }
}

/** Ids that a user namespace of an ordinary user has; higher ones cannot be built by everybody. */
const HIGHEST_ID = 65535

/**
 * @param text of one line: `etc/app/key root:app 640`, `srv/www/ www:www`; the path may have blanks
 * @returns undefined for the root itself as well, and for a path with `..`
 */
export function parseOwner(text: string) {
  const name = '(\\d+|[A-Za-z_][A-Za-z0-9_.-]*\\$?)'
  const [, path = '', user = '', group = '', mode] =
    new RegExp(`^(.*\\S)\\s+${name}:${name}(?:\\s+(0?[0-7]{3,4}))?$`).exec(text) ?? []
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.length === 0 || parts.includes('..')) return undefined
  if ([user, group].some((id) => /^\d/.test(id) && Number(id) > HIGHEST_ID)) return undefined
  return {
    pattern: parts.join('/'),
    isFolder: path.endsWith('/'),
    user,
    group,
    mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
  }
}

/** A file below `/usr/share/zoneinfo`: no part of its path begins with a dot. */
export function isTimezone(text: string): boolean {
  return /^[A-Za-z0-9_+-][A-Za-z0-9_.+-]*(\/[A-Za-z0-9_+-][A-Za-z0-9_.+-]*)*$/.test(text) && !text.startsWith('-')
}

export function isHostname(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9.-]{0,62})$/.test(text)
}

/** A category and a package, with or without operator, version, slot: what the kernel is built from. */
export function isKernelPackage(text: string): boolean {
  return /^([<>]=?|=|~)?[A-Za-z0-9_][A-Za-z0-9_.+-]*\/[A-Za-z0-9_][A-Za-z0-9_.+*-]*(:[A-Za-z0-9_][A-Za-z0-9_.+-]*)?$/.test(
    text,
  )
}

/** Arch names of Gentoo's `profiles/arch.list` without prefix ones: `amd64`, `arm64`, `riscv` … */
export function isArch(text: string): boolean {
  return /^[a-z0-9_-]+$/.test(text)
}

/** Where sources come from: an address with a scheme, or an absolute path of this host. */
export function isMirror(text: string): boolean {
  return /^(\/|[a-z][a-z0-9+.-]*:\/\/\S)/i.test(text)
}

/** Key servers are asked by HKP, over HTTP or TLS. */
export function isKeyServer(text: string): boolean {
  return /^(hkps?|https?):\/\/[^\s/]+/i.test(text)
}

/** Of every object, so a member of these names could not be told from what objects have by themselves. */
const OF_OBJECTS = Object.getOwnPropertyNames(Object.prototype)

/** A profile's name stands in paths, in definitions and in the lock. */
export function isProfileName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(text) && !OF_OBJECTS.includes(text)
}

/** The Package Manager Specification's grammar of repository names (PMS 3.1.5). */
export function isRepositoryName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(text) && !OF_OBJECTS.includes(text)
}

/** A file's name, and no way to another folder. */
export function isBaseName(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return !/[/\u0000-\u001f\u007f]/.test(text) && !/^\.{0,2}$/.test(text)
}
