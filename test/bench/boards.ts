import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { readWhatIf } from '#server/boards/trust/what-if.ts'
import { archiveSnapshot } from '#server/boards/exports/snapshot-archive.ts'
import { getFitTest } from '#server/boards/trust/read-fit-test.ts'
import { readFragility } from '#server/boards/trust/read-fragility.ts'
import { getBoard } from '#server/boards/read-boards.ts'
import { WhatIfQuery } from '#server/boards/trust/schema.ts'
import { readConfig } from '#server/core/config.ts'
import { openProgram } from '#server/core/program.ts'
import type { Context } from '#server/core/context.ts'
import { fillStudy } from '../support/fill-study.ts'
import { startProgram } from '../support/program.ts'

const votes = 325_000
const raters = 870
const rounds = 31

/**
 * What a board of 27 models and 325,000 votes costs: the page's first byte beside what the bare route and the API's
 * reply take on the same server, a refit, what-ifs, the archive. Exit code 1 when the page takes more than 50 ms.
 */
export async function run(): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'arena-bench-'))
  try {
    const program = await openProgram(readConfig({ ARENA_DATA: dataDir, LOG_LEVEL: 'silent' }))
    try {
      const { slug } = await fillStudy(program.context, { votes, raters })
      await serverFigures(program.context, slug)
      return await pageFigures(dataDir, slug)
    } finally {
      await program.close()
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Figures without a target of their own: one line each. */
async function serverFigures(ctx: Context, slug: string): Promise<void> {
  const [study] = await ctx.sql<{ id: string }[]>`select id from studies where slug = ${slug}`
  await timed('refit of the board and its categories, from counts', () => refreshRatings(ctx, study!.id))
  const ask = (query: object) => readWhatIf(ctx, slug, WhatIfQuery.parse(query))
  await timed('what-if from counts: Davidson', () => ask({ ties: 'davidson' }))
  await timed('what-if through the votes: one cohort', () => ask({ cohort: 'crowd' }))
  await timed('what-if through the votes: length of both answers', () => ask({ minLength: 1 }))
  await timed('what-if through the votes: without flagged raters', () => ask({ excludeFlagged: 'true' }))
  await timed('test of one scale, from counts', () => getFitTest(ctx, slug))
  await timed('places with each of 870 raters left out', () => readFragility(ctx, slug))
  const { snapshot } = await getBoard(ctx, slug)
  let bytes = 0
  await timed('archive with its votes, streamed', async () => {
    for await (const piece of await archiveSnapshot(ctx, snapshot!.id)) bytes += (piece as Buffer).length
  })
  print('size of the archive', `${(bytes / 1e6).toFixed(1)} MB`)
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now()
  await work()
  const ms = performance.now() - begun
  print(what, ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`)
}

function print(what: string, measured: string, target = ''): void {
  console.log(`  ${what.padEnd(58)} ${measured.padStart(10)}${target && `   target ${target}`}`)
}

async function pageFigures(dataDir: string, slug: string): Promise<number> {
  const server = startProgram('npm', ['start'], { ARENA_DATA: dataDir, PORT: '0', ARENA_SAMPLES: 'off' })
  try {
    const [, origin] = await server.until(/(http:\/\/127\.0\.0\.1:\d+)/, 300_000)
    const bare = await firstByteMs(`${origin}/healthz`)
    const api = await firstByteMs(`${origin}/api/v1/boards/${slug}`)
    const page = await firstByteMs(`${origin}/leaderboard/${slug}`)
    print('bare route, first byte', `${bare.toFixed(1)} ms`)
    print('the board as JSON, first byte', `${api.toFixed(1)} ms`)
    print('page of the board, first byte', `${page.toFixed(1)} ms`, '≤ 50 ms')
    return page <= 50 ? 0 : 1
  } finally {
    server.child.kill('SIGTERM')
    await server.ended
  }
}

/** The median over some requests, one after the other, the first few left out. */
async function firstByteMs(url: string): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds + 5; round++) {
    const begun = performance.now()
    const reply = await fetch(url)
    if (!reply.ok) throw new Error(`${url} answers ${reply.status}`)
    const reader = reply.body!.getReader()
    await reader.read()
    times.push(performance.now() - begun)
    while (!(await reader.read()).done);
  }
  return times.slice(5).sort((a, b) => a - b)[Math.floor(rounds / 2)]!
}
