/** The run log: each event as one line of JSON with its time, handed to the kernel before `write` returns. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Event } from '../events.ts'

export interface JsonLines {
  write(event: Event): void
  close(): void
}

/** @param path `logs/RUN/events.jsonl`; added to when it exists. */
export function openJsonLines(path: string, now: () => Date = () => new Date()): JsonLines {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'a')
  return {
    write(event) {
      writeSync(file, `${JSON.stringify({ time: now().toISOString(), ...event })}\n`)
    },
    close() {
      closeSync(file)
    },
  }
}
