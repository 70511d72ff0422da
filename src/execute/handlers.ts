/** One handler for each kind of step. */
import type { StepKind } from '../plan/step.ts'
import { builder } from './builder.ts'
import { compile } from './compile.ts'
import { fetch } from './fetch.ts'
import { finish } from './finish.ts'
import type { Handler } from './handler.ts'
import { cache } from './metadata-cache.ts'
import { pack } from './pack.ts'
import { repository } from './repository.ts'
import { resolve } from './resolve.ts'
import { root } from './root.ts'
import { seed } from './seed.ts'
import { sign } from './sign.ts'

export const HANDLERS: Readonly<Record<StepKind, Handler>> = {
  seed,
  repository,
  cache,
  builder,
  resolve,
  fetch,
  compile,
  root,
  finish,
  pack,
  sign,
}
