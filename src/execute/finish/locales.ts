/** Locales, made by the root's own locale-gen: packages skip it in a root that is not `/`. */
import type { Container } from '../../engine/engine.ts'
import type { PlannedLocale } from '../../plan/machines.ts'
import type { Tools } from '../handler.ts'
import { askIfThere, IF_THERE, troubleIn } from './asked.ts'

export const LOCALE_GEN = '/etc/locale.gen'

/** It reads `LOCALE_GEN`. */
const MAKE_LOCALES = ['locale-gen'] as const

export const LOCALE_PROGRAMS = [IF_THERE, ...MAKE_LOCALES]

/** @throws StepFailure without the program, and where it fails (an unknown locale, no room …) */
export async function makeLocales(
  container: Container,
  locales: readonly PlannedLocale[],
  tools: Tools,
): Promise<void> {
  const [first] = locales
  if (first === undefined) return
  tools.progress('making locales', 0, locales.length)
  const answer = await askIfThere(container, MAKE_LOCALES, tools)
  if (answer === undefined)
    throw await troubleIn(
      container,
      {
        code: 'no-locale-gen',
        message: `${first.file}: locales are made by locale-gen; the root has none.`,
        hint: 'it comes with sys-libs/glibc (sys-apps/locale-gen); roots of musl need no locales',
      },
      tools,
    )
  const { status, last } = answer
  if (status === 0) return
  throw await troubleIn(
    container,
    { code: 'locales-failed', message: `${first.file}: locale-gen ended with status ${status}.`, lastLines: last },
    tools,
  )
}
