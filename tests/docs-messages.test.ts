/** docs/messages.md is the catalogue. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MESSAGES, type Message } from '../src/config/messages.ts'
import { ATOM_MESSAGES } from '../src/config/messages/atoms.ts'
import { CHECK_MESSAGES } from '../src/config/messages/check.ts'
import { COMPOSING_MESSAGES } from '../src/config/messages/composing.ts'
import { LANGUAGE_MESSAGES } from '../src/config/messages/language.ts'
import { READING_MESSAGES } from '../src/config/messages/reading.ts'
import { projectRoot } from '../src/system/project.ts'

const GROUPS: readonly (readonly [title: string, messages: Readonly<Record<string, Message>>])[] = [
  ['Reading the directory', READING_MESSAGES],
  ["Portage's files", LANGUAGE_MESSAGES],
  ['Atoms', ATOM_MESSAGES],
  ['Putting pieces together', COMPOSING_MESSAGES],
  ['What `check` finds beyond that', CHECK_MESSAGES],
]

const HEAD = `# What can be said about a configuration

Each message is \`FILE:LINE: SENTENCE WHAT TO DO\`, on one line. \`gentoomuch check\` prints all of them and exits with 2 where
there are errors; every command that reads the configuration stops at errors, and prints those. With \`check --strict\` warnings
are errors. \`--json\` gives the code with each. Words in {braces} are filled in; "Did you mean …?" takes the place of what to do
where a name is near.

This page is made from the program's catalogue: \`npm run docs:messages\`.
`

test('docs/messages.md lists the whole catalogue (npm run docs:messages writes it)', async () => {
  const listed = GROUPS.flatMap(([, messages]) => Object.keys(messages))
  expect(listed.toSorted()).toEqual(Object.keys(MESSAGES).toSorted())
  const page = [HEAD, ...GROUPS.map(([title, messages]) => section(title, messages))].join('\n')
  await expect(page).toMatchFileSnapshot(join(projectRoot(), 'docs', 'messages.md'), 'npm run docs:messages writes it')
})

function section(title: string, messages: Readonly<Record<string, Message>>): string {
  const rows = Object.entries(messages).map(
    ([code, { severity, text, hint = '' }]) => `| \`${code}\` | ${severity} | ${cell(text)} | ${cell(hint)} |`,
  )
  return [`## ${title}`, '', '| code | severity | sentence | what to do |', '|---|---|---|---|', ...rows, ''].join('\n')
}

/** Text as it is, in a table's cell. */
function cell(text: string): string {
  return text.replaceAll(/[\\|*<~`]/g, '\\$&')
}
