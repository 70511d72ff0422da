/** The user's scripts: each runs by `bash FILE` after /etc/profile, handed in through stdin so that nothing is left in the tree. */
import { Readable } from 'node:stream'
import type { Container } from '../engine/engine.ts'
import { StepFailure } from './failure.ts'
import type { Tools } from './handler.ts'
import { Lines } from './lines.ts'
import { shellFor } from './shell.ts'

export interface Script {
  readonly name: string
  readonly text: string
}

/** Before the line's number on stderr; none of it reaches the log. */
const LAST_FAILED = 'gentoomuch: the last command that failed: line '

/** Sourced by the script's bash and by nobody else: says where the last command stood that failed, if the script fails. */
const TRAPS = [
  'unset BASH_ENV',
  'set -E',
  "trap 'gentoomuch_line=$LINENO' ERR",
  `trap '[[ $? == 0 || -z \${gentoomuch_line-} ]] || printf "\\n%s%s\\n" "${LAST_FAILED}" "$gentoomuch_line" >&2' EXIT`,
].join('\n')

/**
 * Fixed text (what /etc/profile's last command says is nobody's failure); the script itself comes through stdin into a file
 * of the container's own /run (a tmpfs), under its name, which bash's messages have.
 */
const RUNNER = [
  'file=/run/gentoomuch-scripts/$1',
  'mkdir -p -- "${file%/*}" && cat > "$file" && printf %s "$2" > /run/gentoomuch-scripts/.traps || exit',
  'source /etc/profile',
  'export BASH_ENV=/run/gentoomuch-scripts/.traps; exec bash "$file" < /dev/null',
].join('\n')

export const SCRIPT_PROGRAMS = [RUNNER, TRAPS]

/** @throws StepFailure naming the script, its status and its last lines */
export async function runScripts(container: Container, scripts: readonly Script[], tools: Tools): Promise<void> {
  for (const [index, script] of scripts.entries()) {
    tools.progress(`running ${script.name}`, index + 1, scripts.length)
    let failedAt: string | undefined
    const last: string[] = []
    const say = (line: string) => {
      if (line.trim() !== '') last.push(line)
      if (last.length > 15) last.shift()
      tools.line(line)
    }
    const errors = new Lines((line) => {
      if (line.startsWith(LAST_FAILED)) failedAt = line.slice(LAST_FAILED.length)
      else say(line)
    })
    const exit = await container.run(
      ['bash', '-c', RUNNER, 'bash', script.name, TRAPS],
      { stdin: Readable.from([script.text]), stdout: new Lines(say), stderr: errors },
      tools.signal,
    )
    if (exit.status === 0) continue
    const where = failedAt === undefined ? '' : ` The last command in it that failed stands in line ${failedAt}.`
    throw new StepFailure({
      code: 'script-failed',
      message: `${script.name} ended with status ${exit.status}.${where}`,
      lastLines: last,
      ...(await shellFor(container, tools)),
    })
  }
}
