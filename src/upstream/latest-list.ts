/** The text of `latest-stage3….txt`, after its signature was verified. Pure. */
import { stampTime } from './stamp.ts'

export interface Latest {
  /** Architecture and flavour, as they stand in the name: `amd64-hardened-openrc`. */
  readonly subject: string
  /** Upstream's word for the architecture: `amd64`, `i686`, `armv7a_hardfp`. */
  readonly word: string
  readonly name: string
  /** Below `autobuilds/`. */
  readonly path: string
  readonly bytes: number
  /** Epoch seconds. */
  readonly time: number
}

export interface LatestList {
  readonly entries: readonly Latest[]
  /** The first line that is neither an entry nor a comment. Nothing is guessed of a signed text. */
  readonly odd: { readonly line: number } | undefined
}

/** `20260101T170000Z/stage3-amd64-openrc-20260101T170000Z.tar.xz 262346240`, one a line; `#` begins a comment. */
export function parseLatest(text: string): LatestList {
  const entries: Latest[] = []
  let odd: LatestList['odd']
  text.split(/\r?\n/).forEach((line, index) => {
    const words = line.replace(/#.*/, '').trim()
    if (words === '') return
    const entry = parseEntry(words)
    if (entry === undefined) odd ??= { line: index + 1 }
    else entries.push(entry)
  })
  return { entries, odd }
}

const ENTRY =
  /^(?<folder>\d{8}T\d{6}Z)\/(?<name>stage3-(?<subject>(?<word>[a-z0-9_.]+)(?:-[a-z0-9_.+]+)+)-(?<at>\d{8}T\d{6}Z)\.tar\.xz)[ \t]+(?<bytes>[1-9]\d*)$/

function parseEntry(line: string): Latest | undefined {
  const { folder, name, subject, word, at, bytes: digits } = ENTRY.exec(line)?.groups ?? {}
  if (folder === undefined || name === undefined || subject === undefined || word === undefined) return undefined
  const time = stampTime(folder)
  const bytes = Number(digits)
  if (folder !== at || time === undefined || !Number.isSafeInteger(bytes)) return undefined
  return { subject, word, name, path: `${folder}/${name}`, bytes, time }
}
