/** Installs the programs that the tests need, without a question: `./test` is for machines that are there for that. */
import { formatError } from '../src/report/error.ts'
import { MINIATURE_PROGRAMS, PIGZ, PROGRAMS, SQFSTAR } from '../src/system/os-packages.ts'
import { ensurePrograms } from '../src/workbench/prerequisites.ts'

try {
  await ensurePrograms([...PROGRAMS, ...MINIATURE_PROGRAMS, PIGZ, SQFSTAR], {
    yes: true,
    emit: (event) => {
      if (event.type === 'note') console.log(event.text)
    },
  })
} catch (error) {
  const { text, exit } = formatError(error, true)
  process.stderr.write(text)
  process.exitCode = exit
}
