import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

// Loaded ahead of a program that is measured: at its end, writes what it used to a file named after its process in the
// folder that BENCH_USAGE names.
const folder = process.env['BENCH_USAGE']
if (isMainThread && folder) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
    const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: maxRSS / 1024 }
    writeFileSync(`${folder}/${process.pid}.json`, JSON.stringify(usage))
  })
}
