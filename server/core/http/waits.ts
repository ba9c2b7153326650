import { setTimeout as pause } from 'node:timers/promises'

/**
 * The longest wait before the next try, in milliseconds, after this many failed: it doubles from `firstMs` up to
 * `longestMs`.
 */
export function growingWaitMs(failures: number, firstMs: number, longestMs: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30))
}

/**
 * The wait that a reply's headers ask for, in milliseconds: `retry-after-ms`, `Retry-After` (RFC 9110: seconds or a date;
 * also a duration with its unit), else the longest of the `ratelimit-reset` headers in use whose allowance is spent. Null:
 * none is asked for. At most a day.
 */
export function askedWaitMs(headers: Record<string, string>, now: number): number | null {
  const exact = numberOf(headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms'] ?? '')
  if (exact !== null) return atMostADay(exact)
  const stated = retryAfterMs(headers['retry-after'] ?? '', now)
  if (stated !== null) return atMostADay(stated)
  const resets = Object.entries(headers)
    .filter(([name]) => resetName.test(name) && !left(headers, name))
    .map(([, value]) => resetMs(value, now))
    .filter((wait) => wait !== null)
  return resets.length ? atMostADay(Math.max(...resets)) : null
}

/** `x-ratelimit-reset-tokens` (OpenAI), `anthropic-ratelimit-tokens-reset`, `ratelimit-reset` (IETF draft). */
const resetName = /^(x-)?ratelimit-reset|^anthropic-ratelimit-.+-reset$/

/** A header that came twice has its values joined by a comma, as a date has one of its own. */
function retryAfterMs(text: string, now: number): number | null {
  const first = /^\s*\d/.test(text) ? text.split(',')[0]! : text
  const seconds = numberOf(first)
  if (seconds !== null) return seconds * 1000
  return durationMs(first) ?? momentMs(first, now)
}

/** Whether the allowance that this reset belongs to still has something left. */
function left(headers: Record<string, string>, resetName: string): boolean {
  return Number(headers[resetName.replace('reset', 'remaining')] ?? 0) > 0
}

/** Reads "1.5", "20ms", "6m0s", seconds since 1970 or a date. */
function resetMs(value: string, now: number): number | null {
  const seconds = numberOf(value)
  if (seconds === null) return durationMs(value) ?? momentMs(value, now)
  if (seconds > 1e11) return seconds - now // milliseconds since 1970
  return seconds > 1e9 ? seconds * 1000 - now : seconds * 1000
}

function numberOf(text: string): number | null {
  return /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null
}

function momentMs(text: string, now: number): number | null {
  const moment = Date.parse(text)
  return Number.isNaN(moment) ? null : moment - now
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
/** Longer names of units by their beginnings. */
const spelledUnits: [string, string][] = [
  ['milli', 'ms'],
  ['sec', 's'],
  ['min', 'm'],
  ['hour', 'h'],
  ['day', 'd'],
]

/** Milliseconds of a duration with its units: "37s", "20ms", "6m0s", "1h2m3.5s", "7 seconds". Null: it is none. */
export function durationMs(text: string): number | null {
  const steps = [...text.matchAll(/\s*(\d{1,15}(?:\.\d{1,15})?)\s?([a-z]{1,12})/giy)]
  const length = steps.reduce((sum, [step]) => sum + step.length, 0)
  if (steps.length === 0 || text.slice(length).trim() !== '') return null
  const amounts = steps.map(([, amount, unit]) => Number(amount) * (unitMs(unit!.toLowerCase()) ?? NaN))
  const sum = amounts.reduce((total, amount) => total + amount, 0)
  return Number.isNaN(sum) ? null : sum
}

function unitMs(name: string): number | undefined {
  return units[name] ?? units[spelledUnits.find(([start]) => name.startsWith(start))?.[1] ?? '']
}

/** A whole number of milliseconds from 0 to a day; 0 for what is no number. */
export function atMostADay(ms: number): number {
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(Math.ceil(ms), 0), 86_400_000)
}

/** Waits so long, in milliseconds. Throws what the signal was aborted with, where a timer would say only that it was. */
export async function waitOut(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
}
