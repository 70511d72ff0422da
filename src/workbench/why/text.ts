/** Why, in words. Pure. */
import type { Link } from '../../plan/chains.ts'
import type { Judged } from '../../plan/verdict.ts'
import { duration } from '../../report/duration.ts'
import { size } from '../../report/size.ts'
import { visible } from '../../visible.ts'
import type { WhyMachine, WhyPackage } from './why.ts'

export function machineLines({ judged, lacking }: WhyMachine): string[] {
  const labels = new Map(judged.map(({ step }) => [step.id, step.label]))
  return [...judged.flatMap((one) => stepLines(one, labels)), '', ...lackingLines(lacking)].map(visible)
}

function stepLines({ step, verdict }: Judged, labels: ReadonlyMap<string, string>): string[] {
  const head = `${verdict.word.padEnd(8)}${step.label}`
  if (verdict.word === 'have') return [head]
  if (verdict.word === 'unknown')
    return [`${head}: waits for ${[...new Set(verdict.waitsFor)].map((id) => labels.get(id) ?? id).join(', ')}`]
  const why = verdict.because.length > 0 ? verdict.because : ['it has not run here, or what it made is gone']
  return [head, ...why.map((reason) => `          ${reason}`)]
}

function lackingLines(lacking: WhyMachine['lacking']): string[] {
  if (lacking === undefined) return ['Which packages are compiled is known once Portage can be asked.']
  if (lacking.length === 0) return ['No package is to be compiled.']
  return [
    `${lacking.length === 1 ? '1 package is' : `${lacking.length} packages are`} to be compiled:`,
    ...lacking.flatMap(({ cpv, changes }) => [`  ${cpv}`, ...changeLines(changes).map((line) => `      ${line}`)]),
  ]
}

function changeLines(changes: readonly string[] | undefined): readonly string[] {
  if (changes === undefined) return ['never built for this machine']
  return changes.length === 0 ? ['its binary package is gone'] : changes
}

export function packageLines(found: readonly WhyPackage[]): string[] {
  return found.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...onePackage(one)]).map(visible)
}

function onePackage({ entry, fingerprint, stored, chains, askers, changes }: WhyPackage): string[] {
  const { cpv, slot, subslot, repository, use } = entry
  const where = entry.id.startsWith('target:') ? 'in the root' : 'in the builder, to build with'
  return [
    `${cpv}:${slot}${subslot === slot ? '' : `/${subslot}`}::${repository}, ${where}`,
    `  USE="${use.join(' ')}"`,
    '  pulled in by',
    ...chains.map(({ root, links }) => `    ${[root, ...links.map(linkWords)].join(' → ')}`),
    ...(chains.length === 0 ? ['    nothing that the sets name'] : []),
    ...(askers.length > 1
      ? [
          `  asked for by ${askers.length} packages: ${askers.slice(0, MOST).map(linkWords).join(', ')}${askers.length > MOST ? ' …' : ''}`,
        ]
      : []),
    ...(fingerprint === undefined
      ? ['  the builder has it: nothing is compiled']
      : storeLines(fingerprint, stored, changes)),
  ]
}

const MOST = 8

function storeLines(fingerprint: string, stored: WhyPackage['stored'], changes: WhyPackage['changes']): string[] {
  const reasons = changes === undefined || changes.length > 0 ? changeLines(changes) : []
  if (stored === undefined) return ['  to be compiled, because', ...changeLines(changes).map((line) => `    ${line}`)]
  const at = new Date(stored.at).toISOString().slice(0, 16).replace('T', ' ')
  const took = stored.seconds === undefined ? '' : ` in ${duration(stored.seconds)}`
  return [
    `  compiled ${at} UTC${took}, ${size(stored.bytes)}, fingerprint ${fingerprint.slice(0, 12)}`,
    ...(reasons.length === 0 || changes === undefined
      ? []
      : ['  since the state before', ...reasons.map((line) => `    ${line}`)]),
  ]
}

/** The variables that say so. */
const KINDS: Readonly<Record<string, string>> = {
  build: 'DEPEND or BDEPEND',
  run: 'RDEPEND',
  post: 'PDEPEND',
  install: 'IDEPEND',
}

function linkWords({ id, kinds }: Link): string {
  const cpv = id.slice(id.indexOf(':') + 1)
  const words = kinds.flatMap((kind) => KINDS[kind] ?? [])
  return words.length === 0 ? cpv : `${cpv} (${words.join(', ')})`
}
