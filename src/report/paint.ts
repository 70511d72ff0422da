/** Colours, for people: none where NO_COLOR is set or nobody watches. */
const CODES = { red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39], bold: [1, 22], dim: [2, 22] } as const

export type Colour = keyof typeof CODES
export type Paint = (colour: Colour, text: string) => string

export const plainPaint: Paint = (_colour, text) => text

const colourPaint: Paint = (colour, text) => {
  const [on, off] = CODES[colour]
  return text === '' ? '' : `\u001B[${on}m${text}\u001B[${off}m`
}

/** https://no-color.org: any value but the empty one switches colour off. */
export function paintFor(isTerminal: boolean, env: NodeJS.ProcessEnv): Paint {
  return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? colourPaint : plainPaint
}
