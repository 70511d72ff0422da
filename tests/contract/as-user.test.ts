/** The contract once more as an ordinary user, when root runs the tests. */
import { test } from 'vitest'
import { runAsUser } from '../kit/as-ordinary.ts'

const FILES = ['engine.test', 'import.test', 'compact.test', 'clean.test', 'porter.test']

test.skipIf(process.getuid?.() !== 0)('the contract holds for an ordinary user', { timeout: 900_000 }, async () => {
  await runAsUser('contract', ...FILES)
})
