/** Definitions that no definition uses: nothing is wrong with them, but nobody will see what is in them either. */
import { BUILDER_NAMES, type Config } from '../config/model.ts'
import { problem, type Problem } from '../config/problem.ts'
import { parsePiece } from '../portage/parsed.ts'

export function unused(config: Config): Problem[] {
  const machines = [...config.stage4s.values()]
  const builders = BUILDER_NAMES.flatMap((name) => config.stage3s.get(name) ?? [])
  const stage3s = new Set([...machines.map((machine) => machine.stage3), ...builders])
  const sets = new Set([...stage3s].flatMap((define) => [...define.sets, ...define.included].map(({ name }) => name)))
  return [
    ...notIn('CPU piece', config.cpus, new Set([...stage3s].map((define) => define.cpu))),
    ...notIn('local piece', config.locals, new Set([...stage3s].flatMap((define) => define.locals))),
    ...notIn('stage3 definition', config.stage3s, stage3s),
    ...[...config.sets.values()]
      .filter((set) => !sets.has(set.name))
      .map((set) => problem('unused', { file: set.file }, { what: 'package set' })),
    ...environments(config),
  ]
}

function notIn<T extends { readonly folder: string }>(
  what: string,
  all: ReadonlyMap<string, T>,
  used: ReadonlySet<T>,
): Problem[] {
  return [...all.values()]
    .filter((one) => !used.has(one))
    .map((one) => problem('unused', { file: one.folder }, { what }))
}

/** Files of env/ that no package.env names. A bashrc may read them, so where a piece has one nothing can be said. */
function environments(config: Config): Problem[] {
  const pieces = [config.global, ...config.cpus.values(), ...config.locals.values()]
  const own = [...config.stage3s.values()].flatMap((define) => (define.own === undefined ? [] : [define.own]))
  const all = [...pieces, ...own]
  if (all.some(({ files }) => files.some(({ path }) => path === 'bashrc' || path.startsWith('bashrc/')))) return []
  const named = new Set(
    all.flatMap((piece) => parsePiece(piece).lines.flatMap((line) => (line.of === 'env' ? line.words : []))),
  )
  return all.flatMap(({ files }) =>
    files
      .filter(({ path }) => /^env\/[^/]+$/.test(path) && !named.has(path.slice('env/'.length)))
      .map(({ file }) => problem('unused', { file }, { what: 'file of env/' })),
  )
}
