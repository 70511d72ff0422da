/** What `check` finds out beyond reading and composing. */
import type { Message } from '../messages.ts'

export const CHECK_MESSAGES = {
  overruled: {
    severity: 'warning',
    text: '{base}: "{atom} {word}" has no effect in {machines}: {other} says "{otherAtom} {otherWord}", and Portage lets the more specific atom win.',
    hint: 'Use the same atom here, or take the other line away.',
  },
  'overruled-in-part': {
    severity: 'note',
    text: '{base}: "{atom} {word}" has no effect on what {otherAtom} means in {machines}: {other} says "{otherAtom} {otherWord}", and Portage lets the more specific atom win.',
    hint: 'Where that is not meant, say it of {otherAtom} here, too.',
  },
  'overruled-by-first': {
    severity: 'warning',
    text: '{base}: "{atom} {word}" may have no effect in {machines}: {other} says "{otherAtom} {otherWord}", and of two atoms that are equally specific Portage lets the first one win.',
    hint: 'Use the same atom here, or take the other line away.',
  },
  'overruled-by-first-in-part': {
    severity: 'note',
    text: '{base}: "{atom} {word}" may have no effect on what {otherAtom} means in {machines}: {other} says "{otherAtom} {otherWord}", and of two atoms that are equally specific Portage lets the first one win.',
    hint: 'Where that is not meant, say it of {otherAtom} here, too.',
  },
  'siblings-disagree-word': {
    severity: 'warning',
    text: '{name}: this piece says {word}, its sibling says {otherWord} ({other}); in {machines} the later one wins.',
    hint: 'Decide it in one of them, or in the machine itself.',
  },
  'siblings-disagree-value': {
    severity: 'warning',
    text: '{name}: this piece replaces what its sibling says ({other}) in {machines}.',
    hint: 'Decide it in one of them, or in the machine itself.',
  },
  'siblings-disagree-line': {
    severity: 'warning',
    text: '{base}: "{atom} {word}" contradicts its sibling\'s "{otherAtom} {otherWord}" ({other}); in {machines} the later one wins.',
    hint: 'Decide it in one of them, or in the machine itself.',
  },
  'siblings-disagree-file': {
    severity: 'warning',
    text: "{path} takes the place of its sibling's file ({other}) in {machines}.",
    hint: 'Decide it in one of them, or in the machine itself.',
  },
  'set-hidden': {
    severity: 'warning',
    text: 'the package set {name} takes the place of the file of one name in a piece ({other}).',
    hint: 'Give one of them another name.',
  },
  'no-such-package': {
    severity: 'warning',
    text: '{atom} matches nothing in the current snapshot.',
  },
  'set-wants-nothing': {
    severity: 'error',
    text: '{atom} matches nothing in the current snapshot, so the set cannot be built.',
  },
  'no-such-flag': {
    severity: 'warning',
    text: 'no version of {atom} in the current snapshot has the flag {flag}.',
  },
  'no-repository': {
    severity: 'error',
    text: 'no piece of {machines} names a repository, so there is nothing to take packages from.',
    hint: 'Write portage.global/repos.conf/gentoo.conf as gentoomuch init does.',
  },
  'profile-unknown-repository': {
    severity: 'error',
    text: 'the profile {profile} stands in the repository {name}, which no piece of {machines} names; there are {known}.',
  },
  'no-such-profile': {
    severity: 'error',
    text: 'the current snapshot of {name} has no folder profiles/{path}, which is to be the profile of {machines}.',
  },
  'unknown-set': {
    severity: 'error',
    text: "there is no package set {name}, neither here nor among the snapshot's own and Portage's.",
  },
  'profile-not-bootstrapped': {
    severity: 'error',
    text: 'the profile {name} has not been bootstrapped; there are {known}.',
  },
  'nothing-bootstrapped': {
    severity: 'note',
    text: 'the profile {name} has not been bootstrapped yet.',
    hint: 'gentoomuch bootstrap {name} STAGE3',
  },
  'not-synced': {
    severity: 'note',
    text: 'the repository {name} is not here, so atoms, flags and USE_EXPAND groups were not held against it.',
    hint: 'gentoomuch sync',
  },
  'no-metadata': {
    severity: 'note',
    text: 'the repository {name} brings no metadata/md5-cache for {atom}, so its flags were not looked at.',
  },
  'cpu-cannot': {
    severity: 'warning',
    text: '{name} asks for {wanted}, which this host cannot execute (it lacks {lacks}); installs that run what was built will fail.',
    hint: 'Build {machines} on a host that can.',
  },
  'cpu-native': {
    severity: 'warning',
    text: '{name} says {wanted}, which means another thing on every host, so the same configuration gives other machines.',
    hint: 'Write out what it means: gcc -march=native -Q --help=target.',
  },
  'bad-node': { severity: 'error', text: '{message}.' },
  'bad-compression': { severity: 'error', text: '{message}' },
  unused: { severity: 'note', text: 'no definition uses this {what}.' },
  uncommitted: {
    severity: 'note',
    text: '{count} in the configuration directory not committed: {files}.',
    hint: 'git -C {path} status',
  },
  'no-git': {
    severity: 'note',
    text: 'the configuration directory is not in a git repository, so nobody can tell what a machine was built from.',
    hint: 'git -C {path} init',
  },
} as const satisfies Record<string, Message>
