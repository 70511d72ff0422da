/** What a composed file of assignments comes to, as far as it says so itself: names that only Portage knows count as empty. */
import { parseAssignments } from './language/assignments.ts'
import { expand } from './language/expand.ts'

export function evaluate(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const statement of parseAssignments(text).statements)
    if (statement.kind === 'assign')
      values.set(statement.name, expand(statement.value, (name) => values.get(name)).text)
  return values
}
