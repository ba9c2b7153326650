/**
 * The longest wait before the next try, in milliseconds, after this many failed: it doubles from `firstMs` up to
 * `longestMs`.
 */
export function growingWaitMs(failures: number, firstMs: number, longestMs: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30))
}

/**
 * The wait that a reply asks for, in milliseconds: `retry-after-ms`, `Retry-After` (RFC 9110: seconds or a date), else
 * the longest of `x-ratelimit-reset*` whose allowance is spent. Null: none is asked for. At most a day.
 */
export function askedWaitMs(headers: Record<string, string>, now: number): number | null {
  const exact = Number(headers['retry-after-ms'] ?? NaN)
  if (Number.isFinite(exact) && exact >= 0) return atMostADay(exact)
  const stated = headers['retry-after']
  if (stated !== undefined) {
    const wait = /^\s*\d+(\.\d+)?\s*$/.test(stated) ? Number(stated) * 1000 : Date.parse(stated) - now
    if (Number.isFinite(wait)) return atMostADay(wait)
  }
  const resets = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-ratelimit-reset') && !left(headers, name))
    .map(([, value]) => resetMs(value, now))
    .filter((wait) => wait !== null)
  return resets.length ? atMostADay(Math.max(...resets)) : null
}

/** Whether the allowance that this reset belongs to still has something left. */
function left(headers: Record<string, string>, resetName: string): boolean {
  return Number(headers[resetName.replace('reset', 'remaining')] ?? 0) > 0
}

/** Reads "1.5", "20ms", "6m0s", seconds since 1970 or a date. */
function resetMs(value: string, now: number): number | null {
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) {
    const seconds = Number(value)
    if (seconds > 1e11) return seconds - now // milliseconds since 1970
    return seconds > 1e9 ? seconds * 1000 - now : seconds * 1000
  }
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
  const steps = [...value.trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/gy)]
  if (steps.length && steps.map(([whole]) => whole).join('') === value.trim()) {
    return steps.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0)
  }
  const moment = Date.parse(value)
  return Number.isNaN(moment) ? null : moment - now
}

/** A whole number of milliseconds from 0 to a day; 0 for what is no number. */
export function atMostADay(ms: number): number {
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(Math.ceil(ms), 0), 86_400_000)
}
