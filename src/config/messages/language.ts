/** What can be wrong in a text of Portage's configuration language: `portage/language/` finds it. */
import type { Message } from '../messages.ts'

export const LANGUAGE_MESSAGES = {
  'byte-order-mark': {
    severity: 'error',
    text: 'The file begins with a byte order mark, which Portage takes for a part of the first word.',
    hint: 'Save it as UTF-8 without a byte order mark.',
  },
  'assignment-expected': {
    severity: 'error',
    text: 'NAME="value" was wanted; found {found}.',
  },
  'assignment-second-word': {
    severity: 'error',
    text: 'The value of {name} ended at a space; {found} is left over.',
    hint: 'Put the whole value in double quotes.',
  },
  'assignment-no-value': {
    severity: 'error',
    text: '{name} has no value; Portage would take the next word in the file for it.',
    hint: 'Write {name}="" for an empty value.',
  },
  'assignment-name': {
    severity: 'error',
    text: 'The name of a variable was wanted (letters, digits and _, no digit first); found {name}.',
  },
  'assignment-append': {
    severity: 'error',
    text: 'Portage does not know {name}+=.',
    hint: 'Write {name}="${{name}} {value}".',
  },
  'assignment-character': {
    severity: 'error',
    text: 'The value of {name} has {character} outside of quotes, where Portage ends the word.',
    hint: 'Put the whole value in double quotes.',
  },
  'assignment-open-quote': {
    severity: 'error',
    text: 'The {quote} that opens here is never closed.',
    hint: 'Close it; where that one looks right, another one since line {begin} is missing.',
  },
  'assignment-source-path': {
    severity: 'error',
    text: 'source wants a path behind a space, in quotes where it has other characters than letters, digits and ~!@$%*_:;?,./-+{}.',
  },
  'assignment-source-word': {
    severity: 'error',
    text: 'source stands inside of the assignment of {name}; Portage takes that word for a command everywhere, even in quotes.',
  },
  'assignment-no-sourcing': {
    severity: 'error',
    text: 'Portage does not read other files by source here, only in make.conf and env/.',
  },
  'assignment-dot': {
    severity: 'error',
    text: 'Portage does not know the command . (a dot).',
    hint: 'Write source {path}.',
  },
  'expand-open-brace': {
    severity: 'error',
    text: 'A reference was wanted as $NAME or ${NAME}; found {value}, and Portage makes the whole value empty.',
    hint: 'Write \\${ for the two characters themselves.',
  },
  'expand-bad-name': {
    severity: 'error',
    text: 'A name was wanted behind $; found {value}, and Portage makes the whole value empty.',
    hint: 'Write \\$ for a dollar sign.',
  },
  'package-no-words': {
    severity: 'warning',
    text: '{entry} stands alone, so the line does nothing: {wanted} were wanted behind it.',
  },
  'package-more-words': {
    severity: 'error',
    text: 'One word was wanted in the line; found {found} behind {entry}, and Portage drops the whole line.',
    hint: 'Give each a line of its own, and begin comments with #.',
  },
  'package-ignored-words': {
    severity: 'warning',
    text: 'Portage reads only {entry}, the first word of the line, and not {found}.',
    hint: 'Give each a line of its own, and begin comments with #.',
  },
  'use-bad-flag': {
    severity: 'error',
    text: 'A USE flag was wanted (letters, digits and + _ @ -, a letter or digit first); found {found}.',
  },
  'use-bad-group': {
    severity: 'error',
    text: 'The name of a USE_EXPAND group was wanted before the colon, as in VIDEO_CARDS:; found {found}.',
  },
  'use-empty-group': {
    severity: 'warning',
    text: '{found} has no flags behind it in the line, so it does nothing.',
    hint: 'Write {found} -* to turn off all flags of the group.',
  },
  'use-plus': {
    severity: 'warning',
    text: 'USE flags do not begin with +; Portage takes {found} for {flag} and complains.',
    hint: 'Write {flag}.',
  },
  'keyword-bad': {
    severity: 'error',
    text: 'A keyword was wanted, such as ~amd64, amd64, ** or -amd64; found {found}.',
  },
  'license-bad': {
    severity: 'error',
    text: 'A license, @GROUP or * was wanted, with - before it to take it back; found {found}.',
  },
  'token-bad': {
    severity: 'error',
    text: 'A name or * was wanted, with - before it to take it back; found {found}.',
  },
  'file-name-leaves': {
    severity: 'error',
    text: 'The name of a file in the folder was wanted; {found} leaves it.',
  },
  'ini-expected': {
    severity: 'error',
    text: '[section] or key = value was wanted; found {found}.',
    hint: 'A value goes on only in lines that are indented deeper than its key.',
  },
  'ini-no-section': {
    severity: 'error',
    text: 'A [section] was wanted before the first key; found {found}.',
  },
  'ini-no-key': {
    severity: 'error',
    text: 'A key was wanted before the = or colon; found {found}.',
  },
  'ini-section-twice': {
    severity: 'error',
    text: 'The section {section} comes twice in this file, first in line {first}.',
  },
  'ini-key-twice': {
    severity: 'error',
    text: 'The key {key} comes twice in section {section}, first in line {first}.',
  },
  'ini-percent': {
    severity: 'error',
    text: '%(KEY)s or %% was wanted; found {found}.',
    hint: 'Write %% for a percent sign.',
  },
  'ini-percent-unknown': {
    severity: 'error',
    text: '%({found})s names a key that neither the section nor [DEFAULT] has.',
  },
  'ini-percent-depth': {
    severity: 'error',
    text: 'The references in {found} lead to ever more references.',
  },
} as const satisfies Record<string, Message>
