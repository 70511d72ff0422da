/** Where this configuration has the bytes of trusted keys from. */
import { join } from 'node:path'
import { cacheFolder } from '../system/cache.ts'
import type { Config, Env } from '../config/model.ts'
import { keyServer } from './key-server.ts'
import type { KeySources } from './trust.ts'

interface KeyConfig extends Pick<Config, 'path'> {
  readonly env: Pick<Env, 'keyServer'>
}

/** @param env for where caches are */
export function keySources(config: KeyConfig, signal: AbortSignal, env: NodeJS.ProcessEnv = process.env): KeySources {
  const server = config.env.keyServer
  const trustedKeys = join(config.path, 'env', 'trusted.keys')
  const fetched = join(cacheFolder(env), 'keys')
  return { trustedKeys, fetched, signal, ...(server === undefined ? {} : { fetchKey: keyServer(server, signal) }) }
}
