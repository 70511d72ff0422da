/** A command inside the root whose words decide what happens next. */
import type { Argv, Container, Io } from '../../engine/engine.ts'
import { shellFor } from '../shell.ts'
import { StepFailure } from '../failure.ts'
import type { Tools } from '../handler.ts'
import { Lines } from '../lines.ts'

export interface Answer {
  readonly status: number
  /** stdout. */
  readonly lines: readonly string[]
  /** The last lines of stdout and stderr, oldest first. */
  readonly last: readonly string[]
}

interface Asking extends Pick<Io, 'stdin'> {
  /** Whether its words are for us alone, and not for the step's log. */
  readonly quiet?: boolean
}

/** Runs it and waits. */
export async function ask(
  container: Container,
  argv: Argv,
  tools: Tools,
  { quiet = false, ...io }: Asking = {},
): Promise<Answer> {
  const lines: string[] = []
  const both: string[] = []
  const say = (line: string) => {
    both.push(line)
    if (!quiet) tools.line(line)
  }
  const stdout = new Lines((line) => {
    lines.push(line)
    say(line)
  })
  const { status } = await container.run(argv, { ...io, stdout, stderr: new Lines(say) }, tools.signal)
  return { status, lines, last: both.filter((line) => line.trim() !== '').slice(-15) }
}

const NOT_THERE = 'gentoomuch: the root has no '

/** Bash that ends here where the root has no program $1, by the container's own PATH: see `isThere`. */
export const LOOK_FOR = `type -P "$1" > /dev/null || { printf '${NOT_THERE}%s\\n' "$1"; exit 127; }`

export function isThere(program: string, { status, lines }: Answer): boolean {
  return status !== 127 || lines.at(-1) !== `${NOT_THERE}${program}`
}

/** Entering a container costs more than most of what is asked there: looking for a program and starting it is one command. */
export const IF_THERE = `${LOOK_FOR}; exec "$@"`

/** Undefined where the root has no such program. */
export async function askIfThere(container: Container, argv: Argv, tools: Tools): Promise<Answer | undefined> {
  const answer = await ask(container, ['bash', '-c', IF_THERE, 'bash', ...argv], tools)
  return isThere(argv[0], answer) ? answer : undefined
}

export interface Trouble {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly lastLines?: readonly string[]
}

/** The failure to throw; the container is kept for the shell that looks at it. */
export async function troubleIn(container: Container, trouble: Trouble, tools: Tools): Promise<StepFailure> {
  const { code, message, hint, lastLines = [] } = trouble
  return new StepFailure({
    code,
    message,
    ...(await shellFor(container, tools)),
    ...(hint === undefined ? {} : { hint }),
    ...(lastLines.length === 0 ? {} : { lastLines }),
  })
}
