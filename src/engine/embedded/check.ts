/** Whether containers can work on this host for this user, and if not, what to do about it. */
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { UserError } from '../../errors.ts'
import { readIfThere } from '../../system/files.ts'
import { hostEnvironment } from '../../system/process.ts'
import { whoAmI } from './identity.ts'

/** The host's programs that containers are made of, with the Debian package of each. */
export const PROGRAMS = {
  python3: 'python3',
  bash: 'bash',
  mount: 'mount',
  script: 'bsdutils',
  sync: 'coreutils',
  tar: 'tar',
} as const

interface Knob {
  readonly file: string
  readonly bad: string
  readonly hint: string
}

/** Kernel settings that forbid user namespaces. */
const KNOBS: readonly Knob[] = [
  { file: 'user/max_user_namespaces', bad: '0', hint: 'sudo sysctl user.max_user_namespaces=15000' },
  { file: 'kernel/unprivileged_userns_clone', bad: '0', hint: 'sudo sysctl kernel.unprivileged_userns_clone=1' },
  {
    file: 'kernel/apparmor_restrict_unprivileged_userns',
    bad: '1',
    hint: 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0',
  },
]

/** The first thing that stands in the way, as the error that `openEngine` would throw. */
export async function checkEmbedded(): Promise<UserError | undefined> {
  const root = process.getuid?.() === 0
  const programs: Record<string, string> = root ? PROGRAMS : { ...PROGRAMS, newuidmap: 'uidmap', newgidmap: 'uidmap' }
  for (const [program, from] of Object.entries(programs)) {
    if (!(await installed(program))) return missing(program, from)
  }
  for (const knob of KNOBS) {
    // Root is only stopped by the limit.
    if (root && !knob.file.startsWith('user/')) continue
    const value = await readIfThere(join('/proc/sys', knob.file))
    if (value?.trim() === knob.bad) return forbidden(knob)
  }
  try {
    await whoAmI()
    return undefined
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}

async function installed(program: string): Promise<boolean> {
  for (const folder of hostEnvironment()['PATH']!.split(delimiter)) {
    try {
      await access(join(folder, program), constants.X_OK)
      return true
    } catch {
      // Not in this folder.
    }
  }
  return false
}

function missing(program: string, from: string): UserError {
  return new UserError('missing-program', `The program ${program} is not installed; containers need it.`, {
    hint: `On Debian it is in the package ${from}: sudo apt install ${from}`,
  })
}

function forbidden(knob: Knob): UserError {
  const name = knob.file.replaceAll('/', '.')
  return new UserError('no-user-namespaces', `This kernel forbids user namespaces (${name} is ${knob.bad}).`, {
    hint: knob.hint,
  })
}
