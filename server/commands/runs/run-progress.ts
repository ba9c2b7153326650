import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import type { PlanProgress } from '#server/calls/schema.ts'

/** Shows how far a run is. */
export interface ProgressDisplay {
  update(progress: PlanProgress): void
  stop(): void
}

/** A bar on a terminal; elsewhere a plain line every tenth of the way or every ten seconds. */
export function showProgress(title: string): ProgressDisplay {
  return process.stderr.isTTY ? showBar(title) : showLines(title)
}

function showBar(title: string): ProgressDisplay {
  const bars = new MultiBar(
    { format: '{title} {bar} {value}/{total}  {rate}/min  {words}', stream: process.stderr, hideCursor: true, fps: 10 },
    Presets.rect,
  )
  let bar: SingleBar | undefined
  return {
    update(progress) {
      const values = { title, rate: Math.round(progress.perMinute), words: inWords(progress) }
      bar ??= bars.create(progress.total, 0, values)
      bar.setTotal(progress.total)
      bar.update(progress.answered + progress.errors, values)
    },
    stop: () => bars.stop(),
  }
}

function showLines(title: string): ProgressDisplay {
  let tenth = -1
  let shownAt = 0
  return {
    update(progress) {
      const done = progress.answered + progress.errors
      const nowTenth = Math.floor((10 * done) / Math.max(1, progress.total))
      if (nowTenth === tenth && Date.now() - shownAt < 10_000) return
      tenth = nowTenth
      shownAt = Date.now()
      console.error(`${title}: ${done} of ${progress.total}${inWords(progress) && `, ${inWords(progress)}`}`)
    },
    stop: () => {},
  }
}

function inWords({ errors, waiting, nextAttemptAt, reason }: PlanProgress): string {
  const words: string[] = []
  if (errors > 0) words.push(`${errors} without an answer`)
  if (nextAttemptAt && waiting > 0) {
    const seconds = Math.max(0, Math.round((Date.parse(nextAttemptAt) - Date.now()) / 1000))
    if (seconds > 1) words.push(`${waiting} waiting, next in ${seconds} s`)
  }
  if (reason) words.push(reason)
  return words.join(', ')
}
