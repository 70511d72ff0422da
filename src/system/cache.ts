/** Where things are kept that can be made or fetched again: `GENTOOMUCH_CACHE`, else `gentoomuch` in the user's cache. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['GENTOOMUCH_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gentoomuch')
}
