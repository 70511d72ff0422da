/** The lab's part of a configuration as files, path → text. Pure. */
import type { Fillers } from './overlay.ts'

export interface MachinesOptions {
  /** Absolute path of the lab's repository. */
  readonly overlay: string
  /** The bootstrapped profile that machines are built on. */
  readonly profile: string
  /** Whether machines have the small @system. */
  readonly small: boolean
}

export function machineName(index: number): string {
  return `lab-${index + 1}`
}

export function configurationFiles(packages: Fillers, options: MachinesOptions): Record<string, string> {
  const set = (names: readonly string[]) => names.map((name) => `${name}\n`).join('')
  const files: Record<string, string> = {
    'env/repositories/lab': `${options.overlay}\n`,
    // A piece, so that whoever has it not (the builder, other machines) is not made anew when the lab changes.
    'portage.locals/lab/repos.conf/lab.conf':
      '[lab]\npriority = 10\nsync-type = git\nsync-uri = https://lab.invalid/lab.git\nsync-git-verify-commit-signature = no\n',
    'package.sets/lab-shared': set(packages.shared),
  }
  if (options.small) files['portage.locals/lab/profile'] = 'lab:small\n'
  packages.own.forEach((own, index) => {
    const name = machineName(index)
    if (own.length > 0) files[`package.sets/${name}`] = set(own)
    Object.assign(
      files,
      machineFiles(name, ['lab-shared', ...(own.length > 0 ? [name] : [])], ['lab'], options.profile),
    )
  })
  return files
}

/** A machine with these sets, in this order, and these pieces. */
export function machineFiles(
  name: string,
  sets: readonly string[],
  pieces: readonly string[],
  profile: string,
): Record<string, string> {
  return {
    [`stage3.defines/${name}/cpu`]: 'generic\n',
    [`stage3.defines/${name}/packages`]: `${sets.join('\n')}\n`,
    [`stage3.defines/${name}/portage.local`]: `${pieces.join('\n')}\n`,
    [`stage4.defines/${name}/stage3`]: `${name}\n`,
    [`stage4.defines/${name}/profile`]: `${profile}\n`,
  }
}
