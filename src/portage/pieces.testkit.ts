/** Pieces for tests, written down shortly. */
import { listVariables } from './variables.ts'
import type { ComposerPiece, Rank } from './model.ts'

export function piece(rank: Rank, name: string, files: Readonly<Record<string, string>>): ComposerPiece {
  return {
    rank,
    name,
    files: Object.entries(files).map(([path, text]) => ({
      path,
      file: `${name}/${path}`,
      bytes: Buffer.from(text, 'utf8').toString('latin1'),
      executable: false,
    })),
  }
}

/** Local pieces p0, p1 … with nothing but a make.conf. */
export function makeConfs(...texts: readonly string[]): ComposerPiece[] {
  return texts.map((text, index) => piece('local', `p${index}`, { 'make.conf': text }))
}

export const LISTS = listVariables(['USE_EXPAND="VIDEO_CARDS CPU_FLAGS_X86"\n'])
