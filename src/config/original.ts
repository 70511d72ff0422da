/**
 * What configurations of the original program (ColinGilbert/gentoomuch, in Python) hold and this one does not use. They are
 * read as they are, so nothing of it is an error.
 */

/** Its name of `env/sign.key`. */
export const ORIGINAL_KEY = 'stage_key'

/** Folders of the configuration directory → where their use is now. */
export const ORIGINAL_FOLDERS: Readonly<Record<string, string>> = {
  'build.hooks': 'Scripts are in user.scripts, removals in user.removes.',
  'kernel.defines': 'A machine names its kernel in the files kconf and kernel.',
  'patch.profiles': 'Patches are in user.patches.',
  'stage.defines': 'Definitions are in stage3.defines.',
}

/** Files of a stage3 definition. */
export const ORIGINAL_STAGE3_FILES = ['flags', 'hooks', 'kernel_src']
