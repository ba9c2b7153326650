import { Presets, SingleBar } from 'cli-progress'
import type { PullProgress } from '#server/datasets/hub/pull.ts'

/** Shows how far a download is. */
interface DownloadDisplay {
  update(progress: PullProgress): void
  note(words: string): void
  stop(): void
}

/** A bar with bytes, rate and time left on a terminal; elsewhere a plain line at times and at the end. */
export function showDownload(title: string): DownloadDisplay {
  return process.stderr.isTTY ? showBar(title) : showLines(title)
}

function showBar(title: string): DownloadDisplay {
  const bar = new SingleBar(
    { format: `${title} {bar} {percentage}%  {words}`, stream: process.stderr, hideCursor: true, fps: 5, barsize: 20 },
    Presets.rect,
  )
  const wordsOf = inWords()
  let started = false
  return {
    update(progress) {
      const values = { words: `${wordsOf(progress)}  ${progress.file}` }
      if (!started) bar.start(progress.totalBytes, progress.doneBytes, values)
      started = true
      bar.update(progress.doneBytes, values)
    },
    note(words) {
      if (started) process.stderr.write('\n')
      console.error(words)
    },
    stop: () => bar.stop(),
  }
}

const msBetweenLines = 5_000

function showLines(title: string): DownloadDisplay {
  const wordsOf = inWords()
  let shownAt = -Infinity
  return {
    update(progress) {
      const words = wordsOf(progress)
      if (performance.now() - shownAt < msBetweenLines && progress.doneBytes < progress.totalBytes) return
      shownAt = performance.now()
      console.error(`${title}: ${words}, ${progress.file}`)
    },
    note: (words) => console.error(words),
    stop: () => {},
  }
}

/** "1.2 GB of 3.4 GB, 12.3 MB/s, 3 min left"; rate and time are those of what comes over the network. */
function inWords(): (progress: PullProgress) => string {
  let begun: number | undefined
  return ({ doneBytes, totalBytes, fetchedBytes }) => {
    begun ??= performance.now()
    const seconds = (performance.now() - begun) / 1000
    const done = `${bytesInWords(doneBytes)} of ${bytesInWords(totalBytes)}`
    if (seconds < 1 || fetchedBytes === 0 || doneBytes === totalBytes) return done
    const rate = fetchedBytes / seconds
    return `${done}, ${bytesInWords(rate)}/s, ${secondsInWords((totalBytes - doneBytes) / rate)} left`
  }
}

/** "31 kB", "2.4 MB", "1.3 GB". */
export function bytesInWords(count: number): string {
  if (count < 1000) return `${Math.round(count)} B`
  if (count < 1e6) return `${Math.round(count / 1000)} kB`
  if (count < 1e9) return `${(count / 1e6).toFixed(1)} MB`
  return `${(count / 1e9).toFixed(1)} GB`
}

function secondsInWords(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
