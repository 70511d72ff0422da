/**
 * The git program in an environment of its own: no configuration of the user or the system, no hooks, no prompts, no
 * helper that a repository could name. What a user wrote reaches it as an argument behind `--` only.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface GitSetting {
  /** The beginning of every command line, up to where the subcommand stands. */
  readonly argv: readonly ['git', ...string[]]
  readonly env: Readonly<Record<string, string>>
}

/** Where a proxy or an ssh agent is: the way to a remote repository, nothing that changes what comes from it. */
const WAY_OUT = [
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'SSH_AUTH_SOCK',
]

/**
 * git reads these from a file, since the `upload-pack` that serves a local repository gets no `-c` of its caller.
 * `safe.directory`: a repository of another user (Portage's own, say) is only read, and its signature is what counts.
 * `allowAnySHA1InWant`: a pinned revision is asked for by its id. `allowFilter`: history is looked up without the files.
 */
const CONFIGURATION = `[safe]
	directory = *
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
`

/** Works with git on one bare repository; the few files this needs are gone afterwards. */
export async function withGit<T>(gitDir: string, work: (git: GitSetting) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'gm-git-'))
  try {
    const configuration = join(folder, 'config')
    await writeFile(configuration, CONFIGURATION)
    return await work(gitSetting(gitDir, configuration))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param configuration git's only configuration file besides the repository's own */
export function gitSetting(
  gitDir: string,
  configuration = '/dev/null',
  from: NodeJS.ProcessEnv = process.env,
): GitSetting {
  const options = [
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.attributesFile=/dev/null',
    'gc.auto=0',
    'maintenance.auto=false',
    'tar.umask=0022',
  ]
  const env: Record<string, string> = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: configuration,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    // No `ext::COMMAND`, nor anything else that runs a program of the address's choice.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
  }
  for (const name of WAY_OUT) {
    const value = from[name]
    if (value !== undefined) env[name] = value
  }
  return { argv: ['git', '--git-dir', gitDir, '--no-pager', ...options.flatMap((option) => ['-c', option])], env }
}
