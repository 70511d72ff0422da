import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('summarise.mjs', import.meta.url))

function summary(files: Record<string, unknown>): { lines: string[]; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'summarise-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
    }
    const { stdout, status } = spawnSync(process.execPath, [program, folder], { encoding: 'utf8' })
    return { lines: stdout.trimEnd().split('\n'), status }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function report(...statuses: string[]): unknown {
  const of = (status: string): number => statuses.filter((each) => each === status).length
  const assertionResults = statuses.map((status, n) => ({ status, fullName: `test ${n}` }))
  const status = of('failed') > 0 ? 'failed' : 'passed'
  return {
    numPassedTests: of('passed'),
    numFailedTests: of('failed'),
    numPendingTests: of('pending'),
    numTodoTests: of('todo'),
    testResults: [{ name: '/a.test.ts', status, assertionResults }],
  }
}

test('checks and suites are added up', () => {
  const files = { 'lint.check': 0, 'unit.suite': 0, 'unit.json': report('passed', 'passed', 'pending', 'todo') }
  expect(summary(files)).toEqual({ lines: ['3 passed, 0 failed, 2 skipped'], status: 0 })
})

test('what failed is named', () => {
  const files = { 'lint.check': 1, 'unit.suite': 1, 'unit.json': report('passed', 'failed') }
  expect(summary(files)).toEqual({
    lines: ['failed: lint', 'failed: unit: /a.test.ts > test 1', '1 passed, 2 failed, 0 skipped'],
    status: 1,
  })
})

test('a vitest that crashed, was killed or ended badly without a failed test is a failure', () => {
  expect(summary({ 'lint.check': 0, 'e2e.suite': 137 }).lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped')
  expect(summary({ 'e2e.suite': 0, 'e2e.json': '{"numTo' }).lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped')
  const odd = { 'e2e.suite': 1, 'e2e.json': report('passed') }
  expect(summary(odd).lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped')
  const unloadable = {
    ...(report() as object),
    testResults: [{ name: '/b.test.ts', status: 'failed', assertionResults: [] }],
  }
  expect(summary({ 'e2e.suite': 1, 'e2e.json': unloadable }).status).toBe(1)
})

test('no test at all is no success', () => {
  expect(summary({})).toEqual({ lines: ['0 passed, 0 failed, 0 skipped'], status: 1 })
  expect(summary({ 'lint.check': 0, 'unit.suite': 0, 'unit.json': report() }).status).toBe(1)
})
