/** What is wrong with an atom's text, as data; the sentences stand in `config/messages/atoms.ts`. */
import type { ATOM_MESSAGES } from '../../config/messages/atoms.ts'
import type { Values } from '../../config/messages.ts'

export interface AtomMistake {
  readonly code: keyof typeof ATOM_MESSAGES
  readonly values: Values
}

/** Ends the parsing of one atom; `parseAtom` turns it into data. No Error: nobody sees its stack, which takes ten times as long. */
export class NotAnAtom {
  readonly mistake: AtomMistake

  constructor(code: AtomMistake['code'], values: Values) {
    this.mistake = { code, values }
  }
}
