/** Where this configuration has the bytes of trusted keys from. */
import { join } from 'node:path'
import type { Config, Env } from '../config/model.ts'
import { keyServer } from './key-server.ts'
import type { KeySources } from './trust.ts'

interface KeyConfig extends Pick<Config, 'path'> {
  readonly env: Pick<Env, 'keyServer'>
}

export function keySources(config: KeyConfig, signal: AbortSignal): KeySources {
  const server = config.env.keyServer
  const trustedKeys = join(config.path, 'env', 'trusted.keys')
  return { trustedKeys, signal, ...(server === undefined ? {} : { fetchKey: keyServer(server, signal) }) }
}
