/** What `-march=native` stands for on a host, from the tables that `gcc -Q --help=target` prints. Pure. */

/** The value of `-march=` in a table, or undefined. */
export function marchIn(table: string): string | undefined {
  return /^\s+-march=\s+([A-Za-z0-9][A-Za-z0-9.+_-]*)\s*$/m.exec(table)?.[1]
}

/**
 * `-mNAME` and `-mno-NAME` that make a named `-march` what the host's is: a virtual machine may hide instructions that every
 * CPU of that name has.
 * @param native the table of `-march=native`
 * @param named the table of `-march=` with the value in `native`
 */
export function marchDifference(native: string, named: string): string[] {
  const there = switchesIn(named)
  return [...switchesIn(native)]
    .filter(([name, isOn]) => there.has(name) && there.get(name) !== isOn)
    .map(([name, isOn]) => (isOn ? `-m${name}` : `-mno-${name}`))
    .toSorted()
}

/** Switches without a value; those that are called `-mno-…` say what another line says. */
function switchesIn(table: string): Map<string, boolean> {
  const lines = table.matchAll(/^\s+-m(?!no-)([A-Za-z0-9][A-Za-z0-9._-]*)\s+\[(enabled|disabled)\]\s*$/gm)
  return new Map([...lines].map(([, name = '', state]) => [name, state === 'enabled']))
}
