/** JSON files that carry a sum of themselves: a flipped bit may leave a file readable, and must not be believed. */
import { createHash } from 'node:crypto'
import { readIfThere } from '../system/files.ts'

/** An object's text with one member more, the last: the sum of all before it. */
export function sealed(value: object): string {
  const text = JSON.stringify(value)
  return `${text.slice(0, -1)},"sum":"${sumOf(text)}"}`
}

/** What was sealed; `damaged` for anything else. */
export function unsealed<T>(text: string): T | 'damaged' {
  const body = `${text.slice(0, Math.max(0, text.lastIndexOf(',"sum":"')))}}`
  if (text !== `${body.slice(0, -1)},"sum":"${sumOf(body)}"}`) return 'damaged'
  return JSON.parse(body) as T
}

/** Of a file; undefined where there is none. */
export async function readSealed<T>(path: string): Promise<T | 'damaged' | undefined> {
  const text = await readIfThere(path)
  return text === undefined ? undefined : unsealed<T>(text)
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
