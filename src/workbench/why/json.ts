/** Why, as `--json` gives it. Pure. */
import type { Link } from '../../plan/chains.ts'
import type { Json } from '../../plan/json.ts'
import type { WhyMachine, WhyPackage } from './why.ts'

export function machineJson({ judged, lacking }: WhyMachine): Json {
  return {
    steps: judged.map(({ step, verdict }) => ({
      step: step.id,
      verdict: verdict.word,
      ...(verdict.word === 'run' ? { because: [...verdict.because] } : {}),
      ...(verdict.word === 'unknown' ? { waitsFor: [...verdict.waitsFor] } : {}),
    })),
    compile: lacking?.map(({ cpv, changes }) => ({ cpv, changes: changes && [...changes] })),
  }
}

export function packageJson(found: readonly WhyPackage[]): Json {
  return found.map(({ entry, fingerprint, stored, chains, askers, changes }) => ({
    cpv: entry.cpv,
    slot: entry.slot,
    subslot: entry.subslot,
    repository: entry.repository,
    use: [...entry.use],
    root: entry.id.startsWith('target:'),
    fingerprint,
    stored: stored && { bytes: stored.bytes, at: new Date(stored.at).toISOString(), seconds: stored.seconds },
    chains: chains.map(({ root, links }) => ({ root, links: links.map(linkJson) })),
    askers: askers.map(linkJson),
    changes: changes && [...changes],
  }))
}

function linkJson({ id, kinds }: Link): Json {
  return { cpv: id.slice(id.indexOf(':') + 1), kinds: [...kinds] }
}
