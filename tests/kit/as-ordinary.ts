/**
 * What an ordinary user may not do, and must do: root may do everything, so where root runs the tests, a user of theirs
 * (`tests/as-user.sh`) runs these once more. A change of the effective user alone would not do: access(2) asks for the real one.
 */
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { expect } from 'vitest'
import { run } from '../../src/system/process.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const report = v.object({
  numPassedTests: v.number(),
  testResults: v.array(
    v.object({
      message: v.string(),
      assertionResults: v.array(
        v.object({ fullName: v.string(), status: v.string(), failureMessages: v.array(v.string()) }),
      ),
    }),
  ),
})

/** Runs tests of a project as the ordinary user, only for root; fails where one fails or none runs. @param args of vitest */
export async function runAsUser(project: string, ...args: readonly string[]): Promise<{ readonly passed: number }> {
  const vitest = ['npx', '--no', 'vitest', 'run', '--configLoader', 'runner', '--reporter=json', '--project', project]
  const ran = await run([`${ROOT}/tests/as-user.sh`, ...vitest, ...args], { cwd: ROOT, accept: [0, 1] })
  const said = v.safeParse(report, parsed(ran.stdout))
  if (!said.success) expect.fail(`the ordinary user's vitest said nothing of use:\n${ran.stdout}${ran.stderr}`)
  const wrong = said.output.testResults.flatMap(({ message, assertionResults }) => [
    ...(message === '' ? [] : [message]),
    ...assertionResults.flatMap(({ fullName, failureMessages }) => failureMessages.map((why) => `${fullName}: ${why}`)),
  ])
  expect(wrong.join('\n')).toBe('')
  expect(ran.status, ran.stderr).toBe(0)
  expect(said.output.numPassedTests).toBeGreaterThan(0)
  return { passed: said.output.numPassedTests }
}

/** For tests with `asOrdinary`: a whole vitest starts, on a machine that may have other work. */
export const AS_ORDINARY = { timeout: 60_000 }

/** The work of a test, as an ordinary user: root has that user run this very test. @param file `import.meta.url` of a host test */
export async function asOrdinary(file: string, work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return await work()
  const name = expect.getState().currentTestName ?? expect.fail('outside of any test')
  const pattern = `^${name.replaceAll(' > ', ' ').replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)}$`
  expect(await runAsUser('host', fileURLToPath(file), '-t', pattern)).toEqual({ passed: 1 })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
