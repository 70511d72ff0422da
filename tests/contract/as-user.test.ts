/** The contract once more as an ordinary user, when root runs the tests. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { run } from '../../src/system/process.ts'

const FILES = ['engine.test', 'import.test', 'compact.test', 'clean.test', 'porter.test']

test.skipIf(process.getuid?.() !== 0)('the contract holds for an ordinary user', { timeout: 900_000 }, async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const vitest = ['npx', '--no', 'vitest', 'run', '--configLoader', 'runner', '--project', 'contract', ...FILES]
  const ran = await run([`${root}/tests/as-user.sh`, ...vitest], { cwd: root, accept: [0, 1] })
  expect(ran.status, ran.stdout + ran.stderr).toBe(0)
})
