/** A definition of the configuration → its composed `/etc/portage`. */
import type { Config, Stage3Define } from '../config/model.ts'
import { compose, type Composed } from './compose.ts'
import type { ComposerPiece } from './model.ts'
import type { ListVariables } from './variables.ts'

/** CPU, then global, then locals in their order, then the definition's own. */
export function piecesOf(config: Pick<Config, 'global'>, define: Stage3Define): ComposerPiece[] {
  return [define.cpu, config.global, ...define.locals, ...(define.own === undefined ? [] : [define.own])]
}

export function composeDefinition(
  config: Pick<Config, 'global'>,
  define: Stage3Define,
  lists: ListVariables,
): Composed {
  return compose(piecesOf(config, define), [...define.sets, ...define.included], lists)
}
