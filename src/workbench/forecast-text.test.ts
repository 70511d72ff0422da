import { expect, test } from 'vitest'
import type { Forecast } from '../forecast.ts'
import type { Step } from '../plan/step.ts'
import { forecastJson, forecastText } from './forecast-text.ts'

const step = (id: string, label: string): Step => ({ id, kind: 'root', label, input: null, parents: {} })
const told: Forecast = {
  judged: [
    {
      step: step('seed:demo', 'unpack the seed'),
      verdict: { word: 'have', key: 'k1', output: { digest: '', value: null } },
    },
    {
      step: step('compile:demo/porch', 'compile porch'),
      verdict: { word: 'run', key: 'k2', because: ['input.x: 1 → 2'] },
    },
    { step: step('root:demo/porch', 'assemble porch'), verdict: { word: 'unknown', waitsFor: ['compile:demo/porch'] } },
  ],
  machines: [
    {
      machine: 'porch',
      packages: [
        { cpv: 'app-misc/greet-1.0', shared: false, seconds: 60, bytes: 1024 },
        { cpv: 'app-misc/new-1.0', shared: false, seconds: undefined, bytes: undefined },
      ],
    },
    { machine: 'attic', packages: [{ cpv: 'app-misc/greet-1.0', shared: true, seconds: 60, bytes: 1024 }] },
    { machine: 'done', packages: [] },
    { machine: 'new', packages: undefined },
  ],
  failures: new Map([['resolve:demo/odd', { code: 'unresolvable', message: 'Portage finds no way.' }]]),
  seconds: 90,
}

test('each step with its verdict, each machine with what it compiles, and how long', () => {
  expect(forecastText(told).split('\n')).toEqual([
    'have    unpack the seed',
    'run     compile porch',
    '          input.x: 1 → 2',
    'unknown assemble porch (waits for compile:demo/porch)',
    '',
    'porch: 2 packages to compile, at least 1 min, at least 1.0 KiB',
    '  app-misc/greet-1.0 (1 min)',
    '  app-misc/new-1.0',
    'attic: 1 package to compile',
    '  app-misc/greet-1.0 (shared with a machine above)',
    'done: nothing to compile.',
    'new: what is to be compiled is known once it is resolved.',
    'In all about 1 min 30 s, as long as it took before.',
    'resolve:demo/odd: Portage finds no way.',
  ])
})

test('the same for programs', () => {
  expect(forecastJson(told)).toMatchObject({
    steps: [
      { step: 'seed:demo', verdict: 'have', key: 'k1' },
      { step: 'compile:demo/porch', verdict: 'run', key: 'k2', because: ['input.x: 1 → 2'] },
      { step: 'root:demo/porch', verdict: 'unknown', waitsFor: ['compile:demo/porch'] },
    ],
    machines: [{ machine: 'porch' }, { machine: 'attic' }, { machine: 'done', packages: [] }, { packages: null }],
    seconds: 90,
    failures: [{ step: 'resolve:demo/odd', code: 'unresolvable' }],
  })
})
