import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type APIRequestContext } from 'playwright'
import { z } from 'zod'
import { rootDir } from '#server/core/config.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { RunSummary } from '#server/runs/schema.ts'
import { Study } from '#server/studies/schema.ts'
import { scriptBytes } from '../support/browser.ts'
import { chromiumArguments, findChromium } from '../support/chromium.ts'
import { startProgram, type StartedProgram } from '../support/program.ts'

interface Figure {
  what: string
  measured: string
  target: string
  holds: boolean
}

/** What a newcomer waits for: install, first start, first card, second start, first byte, bytes of the rating page. Exit code 1 when a target is missed. */
export async function run(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'arena-bench-'))
  try {
    const figures = [installSeconds(folder), ...(await startFigures(join(folder, 'data')))]
    for (const { what, measured, target, holds } of figures) {
      console.log(`${holds ? '✓' : '✗'} ${what.padEnd(58)} ${measured.padStart(10)}   target ${target}`)
    }
    return figures.every((figure) => figure.holds) ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function installSeconds(folder: string): Figure {
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(rootDir, file), join(folder, file))
  const begun = performance.now()
  execFileSync('npm', ['ci'], { cwd: folder, stdio: 'ignore' })
  const seconds = (performance.now() - begun) / 1000
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true })
  return { what: 'npm ci', measured: `${seconds.toFixed(1)} s`, target: '≤ 60 s', holds: seconds <= 60 }
}

async function startFigures(dataDir: string): Promise<Figure[]> {
  const env = { ARENA_DATA: dataDir, PORT: '0' }
  const first = await timedStart(env)
  const joinLink = /http\S+\/join\/\S+/.exec(first.program.output())![0]
  const browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumArguments })
  try {
    const page = await browser.newPage()
    await page.goto(joinLink)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL((url) => !url.pathname.startsWith('/join'))
    await page.goto(`${first.origin}/rate/sample`)
    await page.getByRole('button', { name: /A is better/ }).waitFor({ timeout: 120_000 })
    const firstCard = (performance.now() - first.begun) / 1000
    const newcomer = await browser.newContext({ storageState: await page.context().storageState() })
    const script = await scriptBytes(await newcomer.newPage(), `${first.origin}/rate/sample`)
    await newcomer.close()
    const samples = await samplesDone(page.request, first.origin, first.begun)
    await stop(first.program)
    const second = await timedStart(env)
    const byte = await firstByteMs(`${second.origin}/leaderboard`)
    await stop(second.program)
    return [
      {
        what: 'npm start on an empty data folder, to the first card',
        measured: `${firstCard.toFixed(1)} s`,
        target: '≤ 60 s',
        holds: firstCard <= 60,
      },
      {
        what: 'npm start, to the last sample run and answer',
        measured: `${samples.toFixed(1)} s`,
        target: '≤ 120 s',
        holds: samples <= 120,
      },
      {
        what: 'second npm start, to the address',
        measured: `${second.seconds.toFixed(1)} s`,
        target: '≤ 3 s',
        holds: second.seconds <= 3,
      },
      {
        what: 'JavaScript of the rating page, compressed, first load',
        measured: `${(script / 1000).toFixed(1)} kB`,
        target: '≤ 100 kB',
        holds: script <= 100_000,
      },
      {
        what: 'leaderboard, first byte, median of 21 (warm)',
        measured: `${byte.toFixed(1)} ms`,
        target: '≤ 50 ms',
        holds: byte <= 50,
      },
    ]
  } finally {
    await browser.close()
  }
}

async function timedStart(env: Record<string, string>) {
  const begun = performance.now()
  const program = startProgram('npm', ['start'], env)
  const [, origin] = await program.until(/(http:\/\/127\.0\.0\.1:\d+)/, 120_000)
  return { program, origin: origin!, begun, seconds: (performance.now() - begun) / 1000 }
}

async function stop(program: StartedProgram) {
  program.child.kill('SIGTERM')
  await program.ended
}

/** Seconds from the start until every sample run is complete and every answer of the sample study is in. */
async function samplesDone(admin: APIRequestContext, origin: string, begun: number): Promise<number> {
  const expected = 4 * (await sampledBenchmarks())
  for (;;) {
    const runs = z.array(RunSummary).parse(await (await admin.get(`${origin}/api/v1/runs`)).json())
    const { collections } = Study.parse(await (await admin.get(`${origin}/api/v1/studies/sample`)).json())
    const answered = collections.every(({ total, ready, held, errors }) => total > 0 && ready + held + errors === total)
    const complete = runs.filter((run) => run.status === 'complete').length
    if (complete === expected && answered) return (performance.now() - begun) / 1000
    if (performance.now() - begun > 600_000) throw new Error('The samples were not done within ten minutes')
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

async function sampledBenchmarks(): Promise<number> {
  const benchmarks = [...(await loadBenchmarks()).values()]
  return benchmarks.filter((benchmark) => 'sample' in benchmark.splits && !benchmark.variantOf).length
}

async function firstByteMs(url: string): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 24; round++) {
    const begun = performance.now()
    const reply = await fetch(url)
    await reply.body!.getReader().read()
    times.push(performance.now() - begun)
  }
  const warm = times.slice(3).sort((a, b) => a - b)
  return warm[Math.floor(warm.length / 2)]!
}
