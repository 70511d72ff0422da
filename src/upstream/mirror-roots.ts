/** Which mirrors are asked for what Gentoo publishes: `releases/` and `snapshots/` lie below each root. */
import type { Env } from '../config/model.ts'

/** Gentoo's own, which redirects to a mirror nearby. What comes from it is believed as little as what any other gives. */
const GENTOO = 'https://distfiles.gentoo.org'

/** @param named by the caller, instead of all others */
export function mirrorRoots({ env }: { readonly env: Pick<Env, 'mirrors'> }, named: readonly string[] = []): string[] {
  return named.length > 0 ? [...named] : [...env.mirrors, GENTOO]
}
