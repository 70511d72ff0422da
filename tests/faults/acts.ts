/**
 * One change of a data directory as a process of its own: `node acts.js CHANGE DATA FROM`. A call that the system refuses
 * ends it with status 28 and the code.
 */
import { change, type ChangeName } from './changes.ts'

const [name, data, from] = process.argv.slice(2) as [ChangeName, string, string]
try {
  await change(name, data, from)
} catch (error) {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  process.stderr.write(`${code}\n`)
  process.exitCode = 28
}
