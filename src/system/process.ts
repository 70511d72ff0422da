/** Processes of the host. The environment starts empty: what a program needs is named by its caller. */
import { execa } from 'execa'
import { Interrupted, UserError } from '../errors.ts'

export interface RunOptions {
  readonly cwd?: string
  /** Added to `hostEnvironment()`. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string | Uint8Array
  readonly signal?: AbortSignal
  /** Exit statuses that are answers, not failures; `[0]` unless told. */
  readonly accept?: readonly number[]
  /** What the program was wanted for, for the error's sentence: "to verify a signature". */
  readonly purpose?: string
}

export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** The few variables a host program may see of ours: where programs, homes and terminals are, and nothing that changes output. */
export function hostEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept: Record<string, string> = { LC_ALL: 'C.UTF-8', TZ: 'UTC' }
  for (const name of ['PATH', 'HOME', 'USER', 'LOGNAME', 'TERM', 'TMPDIR', 'XDG_RUNTIME_DIR', 'GNUPGHOME', 'GPG_TTY']) {
    const value = from[name]
    if (value !== undefined) kept[name] = value
  }
  // A bare PATH of cron or su lacks the folders where mount and newuidmap live on some systems.
  kept['PATH'] = `${kept['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin`
  return kept
}

/**
 * Runs a program and waits for it.
 * @throws UserError `missing-program` when it is not installed, `command-failed` (with its last words) for a status not accepted
 * @throws Interrupted when `signal` fires
 */
export async function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Ran> {
  const [file, ...args] = argv
  const result = await execa(file, args, {
    extendEnv: false,
    env: { ...hostEnvironment(), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 256 * 1024 * 1024,
  })
  if (result.isCanceled) throw new Interrupted()
  if (result.exitCode === undefined) {
    if (result.code === 'ENOENT') throw missingProgram(file, options.purpose)
    if (result.signal === undefined) throw new Error(`${file}: ${result.message}`, { cause: result })
  }
  const status = result.exitCode ?? 128
  if (!(options.accept ?? [0]).includes(status)) throw commandFailed(argv, status, result.stderr, options.purpose)
  return { status, stdout: result.stdout, stderr: result.stderr }
}

/** @param purpose `to download`, `to take in gentoo` */
export function missingProgram(file: string, purpose?: string): UserError {
  return new UserError(
    'missing-program',
    `The program ${file} is not installed${purpose ? `; it is needed ${purpose}` : ''}.`,
    {
      hint: 'gentoomuch doctor names every program that is missing and how to install it',
    },
  )
}

function commandFailed(argv: readonly string[], status: number, stderr: string, purpose?: string): UserError {
  const words = stderr.trim().split('\n').slice(-6).join('\n')
  const what = purpose ? ` (${purpose})` : ''
  return new UserError(
    'command-failed',
    `${argv[0]}${what} ended with status ${status}${words ? `:\n${words}` : '.'}`,
    { exit: 1 },
  )
}
