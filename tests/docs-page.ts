/**
 * What pages of docs/ show in fenced blocks, each introduced by a line with its name in backticks and a colon: a file of the
 * configuration directory by its path, or what a `gentoomuch …` call prints.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../src/system/project.ts'

export interface Block {
  /** A path, or a call that begins with `gentoomuch `. */
  readonly name: string
  readonly text: string
}

const CALL = 'gentoomuch '

export function readPage(name: string): Promise<string> {
  return readFile(join(projectRoot(), 'docs', name), 'utf8')
}

/** In the order of the page. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^`([^`\n]+)`:\n```[a-z]*\n([^]*?)^```$/gm)].map(([, name = '', text = '']) => ({
    name,
    text,
  }))
}

/** The words of a call, without the program's name; undefined for a file. */
export function callOf({ name }: Block): readonly string[] | undefined {
  return name.startsWith(CALL) ? name.slice(CALL.length).split(' ') : undefined
}

/** The example of docs/configuration.md: path → text. */
export async function exampleFiles(): Promise<Readonly<Record<string, string>>> {
  const blocks = blocksOf(await readPage('configuration.md'))
  return Object.fromEntries(blocks.filter((block) => callOf(block) === undefined).map(({ name, text }) => [name, text]))
}

/** What a block shows as parts that stand in the output in this order: a line of `…` leaves something out. */
export function partsOf({ text }: Block): string[] {
  return text.split(/^…\n/m).map((part) => part.trim())
}
