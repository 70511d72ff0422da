/** Upstream's way to write a time. */

/** `20260101T170000Z` → epoch seconds; undefined for what is no time. */
export function stampTime(stamp: string): number | undefined {
  const iso = stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6.000Z')
  const milliseconds = Date.parse(iso)
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== iso) return undefined
  return milliseconds / 1000
}

/** `stage3-amd64-openrc-20260101T170000Z.tar.xz` → epoch seconds; undefined for names of another kind. */
export function stage3Time(name: string): number | undefined {
  const [, stamp] = /-(\d{8}T\d{6}Z)\.tar\./.exec(name) ?? []
  return stamp === undefined ? undefined : stampTime(stamp)
}
