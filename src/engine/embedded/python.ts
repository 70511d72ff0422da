/** The host's Python, in which containers are entered: one process where a shell would start seventy. */
import { access, constants } from 'node:fs/promises'

export const PYTHON = 'python3'

/** Where every distribution has its own. What comes first on PATH may be a script that looks for one: that takes 0.2 s. */
const USUAL = '/usr/bin/python3'

let found: Promise<string> | undefined

export function python(): Promise<string> {
  found ??= access(USUAL, constants.X_OK).then(
    () => USUAL,
    () => PYTHON,
  )
  return found
}
