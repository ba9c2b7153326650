import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import type { PlanProgress } from '#server/calls/schema.ts'
import { notice, showNoticesWith } from '#server/core/terminal/notices.ts'

/** Shows how far a run is. */
interface ProgressDisplay {
  update(progress: PlanProgress): void
  stop(): void
}

/** A bar on a terminal; elsewhere a plain line every tenth of the way, every ten seconds, and when a new kind of wait begins. */
export function showProgress(title: string): ProgressDisplay {
  return process.stderr.isTTY ? showBar(title) : showLines(title)
}

function showBar(title: string): ProgressDisplay {
  const bars = new MultiBar(
    { format: '{title} {bar} {value}/{total}  {words}', stream: process.stderr, hideCursor: true, fps: 10 },
    Presets.rect,
  )
  const plainAgain = showNoticesWith((line) => bars.log(`${line}\n`))
  let bar: SingleBar | undefined
  return {
    update(progress) {
      const values = { title, words: progressWords(progress, Date.now()) }
      bar ??= bars.create(progress.total, 0, values)
      bar.setTotal(progress.total)
      bar.update(progress.answered + progress.errors, values)
    },
    stop() {
      bars.stop()
      plainAgain()
    },
  }
}

function showLines(title: string): ProgressDisplay {
  let tenth = -1
  let shownAt = 0
  let kinds = ''
  return {
    update(progress) {
      const done = progress.answered + progress.errors
      const nowTenth = Math.floor((10 * done) / Math.max(1, progress.total))
      const nowKinds = progress.waits.map((wait) => wait.class).join()
      const isNew = nowTenth !== tenth || (nowKinds !== kinds && nowKinds !== '')
      if (!isNew && Date.now() - shownAt < 10_000) return
      tenth = nowTenth
      kinds = nowKinds
      shownAt = Date.now()
      const words = progressWords(progress, shownAt)
      notice(`${title}: ${done} of ${progress.total}${words && `, ${words}`}`)
    },
    stop: () => {},
  }
}

const longestSaying = 160

/** Pace, time left, errors by class, and waits with what the endpoint said: what a person wants to know of a run that goes on. `now` in milliseconds since 1970. */
export function progressWords(progress: PlanProgress, now: number): string {
  const { errorClasses, errors, waits, silentUntil, reason, perMinute, active } = progress
  const words: string[] = []
  if (perMinute > 0) words.push(`${Math.round(perMinute)}/min`, ...timeLeft(progress, now))
  if (errors > 0) {
    const classes = Object.entries(errorClasses).map(([name, count]) => `${count} ${name}`)
    words.push(`${errors} without an answer (${classes.join(', ')})`)
  }
  if (silentUntil) words.push(`silent until ${clock(silentUntil)} as the endpoint asked, ${active} under way`)
  for (const { class: name, count, until, asked, said } of waits) {
    const saying = said.length > longestSaying ? `${said.slice(0, longestSaying)}…` : said
    words.push(`${count} waiting${asked ? ' as asked' : ''} until ${clock(until)}: ${name}, “${saying}”`)
  }
  if (reason) words.push(reason)
  return words.join(', ')
}

function timeLeft({ total, answered, errors, perMinute, silentUntil }: PlanProgress, now: number): string[] {
  const left = total - answered - errors
  if (left <= 0) return []
  const silentMs = silentUntil ? Math.max(0, Date.parse(silentUntil) - now) : 0
  const seconds = Math.ceil((left / perMinute) * 60 + silentMs / 1000)
  if (seconds < 90) return [`${seconds} s left`]
  const minutes = Math.round(seconds / 60)
  return [minutes < 90 ? `${minutes} min left` : `${Math.round(minutes / 6) / 10} h left`]
}

/** The time of day on this machine, to the second. */
function clock(moment: string): string {
  return new Date(moment).toTimeString().slice(0, 8)
}
