/**
 * summarise.mjs FOLDER: adds up what `./test` left in a folder and says it in one last line. NAME.check holds the exit
 * status of a check, NAME.suite the one of vitest, NAME.json vitest's own report, which is missing when vitest crashed.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2] ?? '.'
const total = { passed: 0, failed: 0, skipped: 0 }

for (const file of readdirSync(folder).toSorted()) {
  const [name, kind] = file.split('.')
  if (kind === 'check') addCheck(name, status(file))
  if (kind === 'suite') addSuite(name, status(file))
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1

function status(file) {
  return Number(readFileSync(join(folder, file), 'utf8').trim() || 1)
}

function addCheck(name, ended) {
  if (ended === 0) total.passed++
  else fail(name)
}

function addSuite(name, ended) {
  const report = readReport(name)
  if (report === undefined) return fail(`${name}: vitest gave no report (status ${ended})`)
  const before = total.failed
  for (const file of report.testResults) addFile(name, file)
  const ran = report.numPassedTests + report.numFailedTests + report.numPendingTests + report.numTodoTests
  if (ran === 0) fail(`${name}: there was no test`)
  // An error outside any test, or a count that does not add up, must not look like success.
  else if (ended !== 0 && total.failed === before) fail(`${name}: vitest ended with status ${ended}`)
}

function addFile(suite, file) {
  let failed = 0
  for (const test of file.assertionResults) {
    if (test.status === 'passed') total.passed++
    else if (test.status === 'failed') {
      failed++
      fail(`${suite}: ${file.name} > ${test.fullName}`)
    } else total.skipped++
  }
  // A file that cannot be loaded, or whose beforeAll fails, has no failed test of its own.
  if (file.status === 'failed' && failed === 0) fail(`${suite}: ${file.name}`)
}

function fail(what) {
  total.failed++
  console.log(`failed: ${what}`)
}

function readReport(name) {
  try {
    return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
  } catch {
    return undefined
  }
}
