/** A forecast for people and for `--json`. Pure. */
import type { Forecast, MachineForecast, PackageForecast } from '../forecast.ts'
import type { Json } from '../plan/json.ts'
import type { Judged } from '../plan/verdict.ts'
import { duration } from '../report/duration.ts'
import { size } from '../report/size.ts'

export function forecastText({ judged, machines, failures, seconds }: Forecast): string {
  return [
    ...judged.flatMap(verdictLines),
    '',
    ...machines.flatMap(machineLines),
    ...(seconds === undefined ? [] : [`In all about ${duration(seconds)}, as long as it took before.`]),
    ...[...failures].map(([step, { message }]) => `${step}: ${message}`),
  ].join('\n')
}

function verdictLines({ step, verdict }: Judged): string[] {
  const head = `${verdict.word.padEnd(8)}${step.label}`
  if (verdict.word === 'run') return [head, ...verdict.because.map((reason) => `          ${reason}`)]
  return [verdict.word === 'unknown' ? `${head} (waits for ${verdict.waitsFor.join(', ')})` : head]
}

function machineLines({ machine, packages }: MachineForecast): string[] {
  if (packages === undefined) return [`${machine}: what is to be compiled is known once it is resolved.`]
  if (packages.length === 0) return [`${machine}: nothing to compile.`]
  const count = packages.length === 1 ? '1 package' : `${packages.length} packages`
  return [`${machine}: ${[`${count} to compile`, ...sums(packages)].join(', ')}`, ...packages.map(packageLine)]
}

/** Of what is known; "at least" where that is not all. */
function sums(packages: readonly PackageForecast[]): string[] {
  const own = packages.filter(({ shared }) => !shared)
  const sum = (of: (one: PackageForecast) => number | undefined, words: (value: number) => string) => {
    const known = own.map(of).filter((value) => value !== undefined)
    if (known.length === 0) return []
    return [`${known.length < own.length ? 'at least' : 'about'} ${words(known.reduce((a, b) => a + b, 0))}`]
  }
  return [...sum(({ seconds }) => seconds, duration), ...sum(({ bytes }) => bytes, size)]
}

function packageLine({ cpv, shared, seconds }: PackageForecast): string {
  if (shared) return `  ${cpv} (shared with a machine above)`
  return seconds === undefined ? `  ${cpv}` : `  ${cpv} (${duration(seconds)})`
}

export function forecastJson({ judged, machines, failures, seconds }: Forecast): Json {
  return {
    steps: judged.map(verdictJson),
    machines: machines.map(({ machine, packages }) => ({
      machine,
      packages: packages?.map((one) => ({ ...one })) ?? null,
    })),
    seconds: seconds ?? null,
    failures: [...failures].map(([step, failure]) => ({ step, ...failure })),
  }
}

function verdictJson({ step, verdict }: Judged): Json {
  const { word } = verdict
  return {
    step: step.id,
    verdict: word,
    ...(word === 'unknown' ? { waitsFor: [...verdict.waitsFor] } : { key: verdict.key }),
    ...(word === 'run' ? { because: [...verdict.because] } : {}),
  }
}
