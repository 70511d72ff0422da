/** What reading the configuration directory can say: what is where, what it is named, what the small files hold. */
import type { Message } from '../messages.ts'

export const READING_MESSAGES = {
  // Files, folders and links.
  'outside-directory': {
    severity: 'error',
    text: 'a file inside the configuration directory was wanted; it is a link to {target}.',
    hint: 'Copy the file in, so that git keeps it.',
  },
  'link-to-nothing': {
    severity: 'error',
    text: 'a link that leads somewhere was wanted; there is nothing at {target}.',
  },
  'link-circle': {
    severity: 'error',
    text: 'a link that leads somewhere was wanted; its links go in a circle.',
  },
  'folder-circle': {
    severity: 'error',
    text: 'a link to a folder that it stands in itself goes in a circle.',
  },
  'not-a-file': { severity: 'error', text: 'a file was wanted; it is a {found}.' },
  'not-a-folder': { severity: 'error', text: 'a folder was wanted; it is a file.' },
  'may-not-read': { severity: 'error', text: 'this user may not read it.' },
  'cannot-read': { severity: 'error', text: 'it cannot be read ({code}).' },
  'not-utf8': { severity: 'error', text: 'UTF-8 text was wanted; the file holds other bytes.' },

  // Names.
  'name-not-utf8': {
    severity: 'error',
    text: 'a name in UTF-8 was wanted; this one holds other bytes.',
    hint: 'Rename it; it cannot be read under this name.',
  },
  'name-control': { severity: 'error', text: 'a name without control characters was wanted; found "{name}".' },
  'name-at': { severity: 'error', text: 'a name without @ was wanted; found "{name}".' },
  'name-dash': { severity: 'error', text: 'a name that does not begin with - was wanted; found "{name}".' },
  'name-path': { severity: 'error', text: 'a name that stays inside its folder was wanted; found "{name}".' },
  'bad-set-name': {
    severity: 'error',
    text: "a set's name (letters, digits, and _ . + - after the first) was wanted; found {name}.",
  },
  'unknown-name': { severity: 'error', text: 'there is no {what} named {name}.' },
  'named-twice': { severity: 'warning', text: '{name} is named in line {first} already.' },

  // What lies in the directory.
  'both-spellings': {
    severity: 'error',
    text: 'one spelling was wanted; there are both {one} and {other}.',
    hint: 'Move all into one of them.',
  },
  'unknown-entry': { severity: 'warning', text: 'nothing reads {name} here.' },
  'unknown-file': { severity: 'error', text: 'nothing reads a file of this name here.', hint: 'Known are {known}.' },
  'stray-file': {
    severity: 'warning',
    text: 'a folder for each definition was wanted; it is a file, which nothing reads.',
  },
  'original-only': { severity: 'note', text: 'only the original program knew {name}; nothing reads it here.' },
  'original-key': {
    severity: 'note',
    text: 'this is the original program\'s name of "sign.key"; it is read in its place.',
    hint: 'Rename it to sign.key.',
  },

  // Small files with a word or a list.
  'file-missing': { severity: 'error', text: '{wanted} was wanted; the file is missing.' },
  'file-empty': { severity: 'error', text: '{wanted} was wanted; the file is empty.' },
  'one-line': { severity: 'error', text: '{wanted} on one line was wanted; there are {count} lines.' },

  // env/
  'bad-arch': {
    severity: 'error',
    text: 'Gentoo\'s name of an architecture, such as amd64 or arm64, was wanted; found "{found}".',
  },
  'bad-number': { severity: 'error', text: 'a whole number from {least} to {most} was wanted; found "{found}".' },
  'bad-engine': { severity: 'error', text: 'embedded, docker or podman was wanted; found "{found}".' },
  'bad-mirror': {
    severity: 'error',
    text: 'an address (https://…) or an absolute path was wanted; found "{found}".',
  },
  'bad-notify': { severity: 'error', text: 'none, bell or desktop was wanted; found "{found}".' },
  'bad-key-server': {
    severity: 'error',
    text: 'the address of a key server (hkps://…, hkp://… or https://…) was wanted; found "{found}".',
  },

  // Pieces and sets.
  'piece-empty': { severity: 'warning', text: 'files of /etc/portage were wanted; the folder holds none.' },
  'piece-unknown-file': { severity: 'warning', text: 'Portage reads no {name} at this place of /etc/portage.' },
  'set-empty': { severity: 'warning', text: 'atoms, one a line, were wanted; the set {name} holds none.' },
  'set-twice': { severity: 'error', text: '{other} gives the set {name} already.', hint: 'Rename one of them.' },
  'set-circle': { severity: 'error', text: 'the set {name} includes itself: {circle}.' },
  'set-in-every-root': {
    severity: 'note',
    text: '@{name} need not be named; its packages are in every root.',
  },

  // Machines.
  'bad-hostname': {
    severity: 'error',
    text: 'a host name (letters, digits, dots, dashes) was wanted; found {found}.',
  },
  'bad-kernel': {
    severity: 'error',
    text: 'a package such as sys-kernel/gentoo-sources was wanted; found "{found}".',
  },
  'bad-service': {
    severity: 'error',
    text: 'a service and, if wanted, its runlevel, as in "sshd default", was wanted; found "{found}".',
    hint: 'In front of one that is not to start stands -, and ! where systemd is to mask it.',
  },
  'bad-locale': {
    severity: 'error',
    text: 'a line of locale.gen, as in "de_CH.UTF-8 UTF-8", was wanted; found "{found}".',
  },
  'bad-timezone': {
    severity: 'error',
    text: 'a time zone such as Europe/Zurich was wanted; found "{found}".',
  },
  'file-below-file': { severity: 'error', text: 'a folder was wanted at {above}; {other} is a file or a link.' },
  'file-not-kept': {
    severity: 'error',
    text: 'a place that belongs to the root was wanted; what is below {place} does not, and would be lost.',
    hint: 'The machine mounts it anew at every start; tmpfiles.d can make files there.',
  },
  'bad-owner': {
    severity: 'error',
    text: 'PATH USER:GROUP MODE, as in "etc/app.key root:app 640", was wanted; found "{found}".',
    hint: 'A folder ends in /; users and groups are names, or numbers up to 65535; the mode may be left out.',
  },
  'owner-of-nothing': {
    severity: 'error',
    text: 'a {what} of {folder} was wanted; {pattern} is none.',
    hint: "A folder ends in /. What packages bring is a script's to change.",
  },

  // Removals.
  'empties-the-root': {
    severity: 'error',
    text: 'a pattern that leaves a system was wanted; "{pattern}" removes {what}.',
    hint: 'Name what is below it.',
  },
  'bad-removal': {
    severity: 'error',
    text: 'a path with *, ? or […] was wanted; "{pattern}" has braces, which are not expanded.',
    hint: 'Write each alternative on a line of its own, or \\{ for the character itself.',
  },

  // Patches and kernel configurations.
  'patch-place': {
    severity: 'error',
    text: 'PATCH/CATEGORY/PACKAGE-VERSION/FILE.patch was wanted below user.patches; found {found}.',
  },
  'not-a-patch': {
    severity: 'error',
    text: 'a file that ends in .patch or .diff was wanted; Portage applies no other.',
  },
  'patch-empty': { severity: 'warning', text: 'patches were wanted; the folder holds none.' },
  'bad-lock': {
    severity: 'error',
    text: 'what bootstrap and sync wrote was wanted; found what cannot be understood ({where}).',
    hint: 'Restore it from git, or remove it, bootstrap and sync again.',
  },
  'not-a-kernel-config': { severity: 'warning', text: 'a file NAME.kconf was wanted; nothing reads it.' },
} as const satisfies Record<string, Message>
