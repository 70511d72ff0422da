/** config explain: what the pieces say of a variable or of packages, what overrode what, and what Portage makes of it. */
import { UserError } from '../../errors.ts'
import { filled, messageOf } from '../../config/messages.ts'
import type { Run } from '../../execute/run.ts'
import type { Json } from '../../plan/json.ts'
import { parseAtom } from '../../portage/atoms/atom.ts'
import type { Composed } from '../../portage/compose.ts'
import { explainAtom, explainVariable } from '../../portage/explain.ts'
import { repositoriesOf } from '../../portage/reposConf.ts'
import { compositionOf, definitionNamed, type Known, type Named } from './composition.ts'
import { atomLines, variableLines, type NotAsked } from './explain-text.ts'
import type { AtomView, Question, VariableView } from './portage-view.ts'

export interface ExplainOptions {
  /** Whether to ask Portage, where it can be. */
  readonly ask: boolean
  readonly inRun: <T>(work: (run: Run) => Promise<T>) => Promise<T>
}

export interface Explained {
  readonly json: Json
  readonly text: string
  /** As in `Composition`. */
  readonly groupsUnknown: readonly string[]
}

/** @param subject a variable's name, or an atom */
export async function explain(
  known: Known,
  name: string,
  subject: string,
  options: ExplainOptions,
): Promise<Explained> {
  const named = definitionNamed(known.config, name)
  const { composed, groupsUnknown } = await compositionOf(known, named.define)
  const asking = { known, named, composed, options }
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(subject)) {
    const explained = explainVariable(composed, subject)
    const { view, notAsked } = await asked<VariableView>(asking, { variable: subject })
    return {
      json: asJson({ ...explained, groupsUnknown, portage: view }),
      text: variableLines(explained, view, notAsked).join('\n'),
      groupsUnknown,
    }
  }
  const found = parseAtom(subject)
  if ('mistake' in found)
    throw new UserError('bad-subject', filled(messageOf(found.mistake.code).text, found.mistake.values), {
      hint: 'name a variable of make.conf (USE) or an atom (net-misc/openssh)',
    })
  const files = explainAtom(composed, found.atom)
  const { view, notAsked } = await asked<AtomView>(asking, { atom: subject })
  return {
    json: asJson({ atom: subject, files, groupsUnknown, portage: view }),
    text: atomLines(subject, files, view, notAsked).join('\n'),
    groupsUnknown,
  }
}

interface Asking {
  readonly known: Known
  readonly named: Named
  readonly composed: Composed
  readonly options: ExplainOptions
}

async function asked<View extends VariableView | AtomView>(
  { known, named, composed, options }: Asking,
  question: Question,
): Promise<{ view: View | undefined; notAsked: NotAsked }> {
  const notAsked = options.ask ? missing(known, named, composed) : '--offline was given.'
  if (notAsked !== undefined) return { view: undefined, notAsked }
  // All that runs containers comes with it: who does not ask does not wait for that.
  const { askPortage } = await import('./portage-view.ts')
  const view = await options.inRun((run) => askPortage<View>(known, named, composed, question, run))
  return { view, notAsked: undefined }
}

/** What has to be here before Portage can be asked. */
function missing({ lock, config }: Known, { profile = config.env.profile }: Named, { directory }: Composed): NotAsked {
  if (profile === undefined) return 'no profile is set (gentoomuch bootstrap PROFILE STAGE3).'
  if (lock.profiles[profile] === undefined)
    return `the profile ${profile} has not been bootstrapped (gentoomuch bootstrap ${profile} STAGE3).`
  const unknown = repositoriesOf(directory).find(({ name }) => lock.repositories[name] === undefined)
  return unknown === undefined ? undefined : `the repository ${unknown.name} has not been synced (gentoomuch sync).`
}

/** JSON has no undefined members. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
