/**
 * Files of assignments (`make.conf`, `profile/make.defaults`) of several pieces → one file with a block a piece.
 * Portage's incrementals continue the value so far (`USE="${USE} -x"`), and Portage takes the signs in order. A USE_EXPAND
 * group (`VIDEO_CARDS`) is none of them: Portage takes its last value and refuses `-x` in it. So the words of all pieces are
 * counted together here, and the last piece that names the group carries the outcome. Other variables are replaced.
 */
import { parseMakeConf, type Assignment } from './makeConf.ts'
import type { PieceMistake } from './model.ts'
import { isIncremental } from './variables.ts'

interface AssignmentFile {
  readonly file: string
  readonly text: string
}

interface Naming {
  readonly file: string
  readonly assignment: Assignment
}

export function stackAssignments(
  files: readonly AssignmentFile[],
  lists: ReadonlySet<string>,
): { text: string; mistakes: PieceMistake[] } {
  const parsed = files.map(({ file, text }) => ({ file, ...parseMakeConf(text) }))
  const mistakes: PieceMistake[] = parsed.flatMap(({ file, mistakes: found }) =>
    found.map(({ line, message }) => ({ file, line, message })),
  )
  const groups = new Map<string, Naming[]>()
  for (const { file, assignments } of parsed)
    for (const one of assignments)
      if (lists.has(one.name) && !isIncremental(one.name))
        groups.set(one.name, [...(groups.get(one.name) ?? []), { file, assignment: one }])
  const blocks = parsed.map(({ file, assignments }) => {
    const lines = assignments.flatMap((one) => {
      const namings = groups.get(one.name)
      if (namings === undefined) return [written(one, lists.has(one.name) ? continued(one) : one.value)]
      return namings.at(-1)?.assignment === one ? [written(one, valueOfGroup(one.name, namings, mistakes))] : []
    })
    return [`# ${file}`, ...lines, ''].join('\n')
  })
  return { text: blocks.join('\n'), mistakes }
}

function continued({ name, value }: Assignment): string {
  const already = value.startsWith(`\${${name}}`) || value === `$${name}` || value.startsWith(`$${name} `)
  return already ? value : `\${${name}} ${value}`
}

/** The words that are left when every piece has had its say, by position. */
function valueOfGroup(name: string, namings: readonly Naming[], mistakes: PieceMistake[]): string {
  let words: string[] = []
  let hadSay = false
  for (const [index, { assignment }] of namings.entries()) {
    const before = words
    for (const word of assignment.value.split(/\s+/)) {
      const isItself = word === `\${${name}}` || word === `$${name}`
      hadSay ||= word === '-*' || (word !== '' && !word.startsWith('-'))
      if (word === '-*') words = []
      else if (isItself && index > 0) words = [...words, ...before.filter((one) => !words.includes(one))]
      else if (word.startsWith('-') && !words.includes(word.slice(1)) && words.some(isReference))
        words = [...words, word]
      else if (word.startsWith('-')) words = words.filter((one) => one !== word.slice(1))
      else if (word !== '' && !words.includes(word)) words = [...words, word]
    }
  }
  const last = namings.at(-1)
  if (!hadSay && last !== undefined && last.assignment.value.trim() !== '')
    mistakes.push({
      file: last.file,
      line: last.assignment.line,
      message: `${name} takes words away where no piece has named any; Portage cannot take from the profile's own value, so name the words that are wanted.`,
    })
  return words.join(' ')
}

/** Only Portage knows what `${OTHER}` holds. */
function isReference(word: string): boolean {
  return word.includes('$')
}

function written({ name, quote }: Assignment, value: string): string {
  const mark = quote === "'" ? "'" : '"'
  return `${name}=${mark}${value}${mark}`
}
