/** Where our own small programs for containers stand; apart, for a question that is answered at once loads nothing else. */
import { join } from 'node:path'
import { projectRoot } from '../system/project.ts'

/** Absolute. */
export const PROGRAMS = join(projectRoot(), 'src/execute/programs')
