/** argv → command → one error boundary → exit code. */
import { setMaxListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import type { Answer } from './commands/command.ts'
import type { Globals } from './commands/context.ts'
import { COMMANDS, type Entry } from './commands/index.ts'
import { EXIT } from './errors.ts'
import { errorJson, formatError } from './report/error.ts'
import { projectRoot } from './system/project.ts'

/** Folders and files that others must be able to read inside containers are made with these rights, whatever the caller's umask. */
process.umask(0o022)

const stop = new AbortController()
// As many as there are things going on: no leak, which node would warn of beside the results.
setMaxListeners(0, stop.signal)
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    // The first asks everything to end cleanly, the second does not wait.
    if (stop.signal.aborted) process.exit(EXIT.interrupted)
    stop.abort()
  })

/** Results go to a pipe that may close early (`| head`): that ends the program and is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

function withGlobals(command: Command): Command {
  return command
    .option('--config <dir>', 'configuration directory (GENTOOMUCH_CONFIG, ~/gentoomuch-config)')
    .option('--data <dir>', 'data directory (GENTOOMUCH_DATA, ~/gentoomuch-data)')
    .option('--engine <name>', 'where commands run: embedded')
    .option('--json', 'the result as one JSON value')
    .option('-v, --verbose', 'show the output of every step')
    .option('-q, --quiet', 'only warnings, errors, and whom it waits for')
}

async function act(entry: Entry, command: Command, args: readonly unknown[]): Promise<void> {
  const [file, { Context }] = await Promise.all([entry.load(), import('./commands/context.ts')])
  const options: Globals & Record<string, unknown> = command.optsWithGlobals()
  const answer = await file.run(new Context(options, stop.signal), args, options)
  print(answer, options)
  process.exitCode = answer.exit ?? 0
}

function print(answer: Answer, globals: Globals): void {
  if (answer.notice !== undefined && globals.json !== true) process.stderr.write(`note: ${answer.notice}\n`)
  if (globals.json === true) process.stdout.write(`${JSON.stringify(answer.json, null, 2)}\n`)
  else if (answer.text !== undefined && answer.text !== '') process.stdout.write(`${answer.text}\n`)
}

/** Only the file of the verb that is called is loaded; the help of all needs none. */
async function program(argv: readonly string[]): Promise<Command> {
  const root = withGlobals(new Command('gentoomuch'))
    .description('Custom, signed Gentoo stage4 tarballs from a folder of plain text, the same ones every time.')
    .version(versionOf(), '--version', 'say which version this is')
    .showHelpAfterError('(--help says more)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nNew here? gentoomuch demo --yes shows the whole way on a small Gentoo that it makes itself.',
    )
  const groups = new Map<string, Command>()
  for (const entry of COMMANDS) {
    const [first = '', second] = entry.name.split(' ')
    const parent =
      second === undefined ? root : (groups.get(first) ?? root.command(first).description(`${first}s`).exitOverride())
    if (second !== undefined) groups.set(first, parent)
    const command = withGlobals(parent.command(second ?? first))
      .description(entry.summary)
      .exitOverride()
    if (isCalled(entry, argv)) (await entry.load()).declare(command)
    command.allowExcessArguments(false).action((...called: unknown[]) => act(entry, command, called.slice(0, -2)))
  }
  return root
}

function versionOf(): string {
  const text = readFileSync(join(projectRoot(), 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function isCalled(entry: Entry, argv: readonly string[]): boolean {
  return entry.name.split(' ').every((word) => argv.includes(word))
}

/** commander's own `help` takes one word, and says nothing of one that it does not know. */
function withoutHelp(argv: readonly string[]): readonly string[] {
  const [first, ...words] = argv
  if (first !== 'help' || words.length === 0 || words.some((word) => word.startsWith('-'))) return argv
  const asked = `${words.join(' ')} `
  const verb = COMMANDS.find(({ name }) => asked.startsWith(`${name} `))
  if (verb !== undefined) return [...verb.name.split(' '), '--help']
  const isGroup = COMMANDS.some(({ name }) => name.startsWith(asked))
  return isGroup ? [...words, '--help'] : words
}

async function main(called: readonly string[]): Promise<void> {
  const argv = withoutHelp(called)
  try {
    const root = await program(argv)
    await root.parseAsync(argv, { from: 'user' })
  } catch (error) {
    // Behind -- stands what is run in a container.
    const json = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined).includes('--json')
    const value = json ? errorJson(error) : undefined
    if (value !== undefined) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    if (error instanceof CommanderError) {
      // commander has said it; help and version are no errors.
      process.exitCode = error.exitCode === 0 ? 0 : EXIT.badCall
      return
    }
    const verbose = argv.includes('-v') || argv.includes('--verbose')
    const { text, exit } = formatError(error, verbose)
    process.stderr.write(text)
    process.exitCode = exit
  }
}

await main(process.argv.slice(2))
