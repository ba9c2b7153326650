import { startBaselines } from '#server/baselines/start.ts'

// A parent for process.test.ts: starts the child, says where it is and waits to be killed.
const { url, pid } = await startBaselines({ cacheDir: process.argv[2] ?? '' })
console.log(JSON.stringify({ url, pid }))
setInterval(() => undefined, 60_000)
