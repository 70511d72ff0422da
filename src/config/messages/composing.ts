/** What can be said when pieces are put together. */
import type { Message } from '../messages.ts'

export const COMPOSING_MESSAGES = {
  'make-profile-in-piece': {
    severity: 'error',
    text: 'make.profile is made by the program.',
    hint: 'Name the profile in a file "profile" as repository:path.',
  },
  'bad-profile': {
    severity: 'error',
    text: 'a profile as repository:path was wanted; found "{found}".',
    hint: 'An example: gentoo:default/linux/amd64/23.0.',
  },
  'bad-repository': {
    severity: 'error',
    text: "a repository's name (letters, digits, _ and -, no - first) was wanted; found [{name}].",
  },
  'source-outside': {
    severity: 'error',
    text: 'source reads files of the same piece; there is no {path} in it.',
    hint: 'Put the lines here, or the file into the piece.',
  },
  'source-circle': { severity: 'error', text: 'source goes in a circle at {path}.' },
  'env-without-file': {
    severity: 'error',
    text: 'package.env names {name}; none of the pieces has a file env/{name}.',
    hint: 'Make it, or take the name away.',
  },
  'list-in-env': {
    severity: 'error',
    text: '{name} uses the list {reference}, which means another thing in files of env/.',
    hint: 'Write the words themselves.',
  },
  'profile-only': {
    severity: 'error',
    text: 'Portage takes {name} from profiles only; in make.conf it has no effect.',
    hint: 'Put it into profile/make.defaults of the piece.',
  },
  'unprefixed-groups': {
    severity: 'error',
    text: '{name} cannot be set by a piece: what it names would not stack.',
    hint: 'Set USE itself.',
  },
  'group-taken-back': {
    severity: 'error',
    text: 'USE_EXPAND takes {word} away; a group that is one for some pieces and none for others cannot be composed.',
    hint: 'Take the word out.',
  },
  'value-too-long': {
    severity: 'error',
    text: 'a value of at most {most} characters was wanted; that of {name} is longer, with what it refers to.',
  },
  'source-too-often': {
    severity: 'error',
    text: 'source is used more than {most} times here, one file in another.',
  },
  'name-too-long': {
    severity: 'error',
    text: 'a name of at most 255 bytes was wanted; in the composed /etc/portage this one has {length}.',
    hint: 'Give the piece or the file a shorter name.',
  },
  'quote-in-list': {
    severity: 'error',
    text: 'words were wanted in the list {name}; found a quotation mark among them.',
    hint: 'Words of a list hold no quotation marks.',
  },
  'plus-in-list': {
    severity: 'error',
    text: 'a word or -word was wanted in {name}; found {word}.',
    hint: 'Write {bare}.',
  },
  'unknown-in-group': {
    severity: 'error',
    text: '{name} becomes USE flags, so its words must be known here; no piece before this one sets {reference}.',
    hint: 'Write the words themselves.',
  },
  'group-repeats-profile': {
    severity: 'error',
    text: "{name} repeats the profile's words behind its own, where they cannot be known.",
    hint: "The profile's words count already; take the reference away.",
  },
  'list-of-profile': {
    severity: 'error',
    text: '{name} uses {reference}, which goes on from words of the profile that cannot be written here.',
    hint: 'Write the words themselves.',
  },
  'empty-group': {
    severity: 'note',
    text: '{name} is empty here, which changes nothing: lists add to what was there.',
    hint: 'Write -* to empty it.',
  },
  'used-before-assigned': {
    severity: 'error',
    text: '{name} uses {reference}, which this piece sets only later.',
    hint: 'Move the line that sets {reference} up.',
  },
  'list-between-quotes': {
    severity: 'error',
    text: '{name} holds a list and quotation marks; what the list is cannot be written between them.',
    hint: 'Write the words themselves.',
  },
} as const satisfies Record<string, Message>
