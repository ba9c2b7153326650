import sharp from 'sharp'
import { expect, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import type { PicturePolicy } from '#server/endpoints/schema.ts'
import { createRun } from '#server/runs/create-run.ts'
import { getPrediction, listPredictions } from '#server/runs/read-predictions.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { callsLab } from '../../support/calls-lab.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

async function runWith(pictures: PicturePolicy, benchmark = 'chartqa', limit = 3) {
  const { ctx, endpoint } = await callsLab()
  const server = await scriptedEndpoint()
  const endpointId = await endpoint(server.baseUrl, { pictures })
  const { id, planId, fingerprint } = await createRun(ctx, {
    endpointId,
    task: await getTask(benchmark, 'sample'),
    limit,
  })
  await executePlan(ctx, planId, [runCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
  const sent = server.seen.map(({ body }) =>
    (body!.messages[0]!.content as { image_url?: { url: string } }[]).flatMap(({ image_url }) =>
      image_url ? [Buffer.from(image_url.url.split(',')[1]!, 'base64')] : [],
    ),
  )
  const { predictions } = await listPredictions(ctx, id, { filter: 'all', after: -1, limit: 50 })
  const details = await Promise.all(predictions.map(({ exampleId }) => getPrediction(ctx, id, exampleId)))
  return { run: await getRun(ctx, id), sent, details, fingerprint }
}

test('pictures go out within the bounds of their endpoint, and each call says from what to what', async () => {
  const { run, sent, details } = await runWith({ longestSide: 120, format: 'jpeg', quality: 60 })
  for (const [bytes] of sent) {
    const { width, height, format } = await sharp(bytes).metadata()
    expect({ format, side: Math.max(width, height) }).toEqual({ format: 'jpeg', side: 120 })
  }
  expect(run.pictures).toEqual({
    policy: { longestSide: 120, format: 'jpeg', quality: 60 },
    altered: 3,
    leftOut: 0,
    calls: 3,
  })
  expect(run.departures).toEqual([
    'pictures are sent at most 120 px a side, as JPEG of quality 60, published as they are',
  ])
  for (const { attempts, prompt } of details) {
    const shown = prompt.find((part) => part.kind === 'image')!
    const [change] = attempts[0]!.pictures!
    expect(change!.sha256).toBe(shown.sha256)
    expect(change!.from).toEqual({
      width: shown.width,
      height: shown.height,
      imageBytes: shown.imageBytes,
      mediaType: shown.mediaType,
    })
    expect(change!.to).toMatchObject({ mediaType: 'image/jpeg' })
    expect(sent.some(([bytes]) => bytes!.length === change!.to!.imageBytes)).toBe(true)
  }
})

test('R14: a limit of bytes holds, and what lies within all bounds goes out byte by byte', async () => {
  const { sent, run } = await runWith({ mostBytes: 6_000 })
  expect(run.pictures!.altered).toBeGreaterThan(0)
  for (const [bytes] of sent) expect(bytes!.length).toBeLessThanOrEqual(6_000)
  const untouched = await runWith({ longestSide: 16_384 })
  expect(untouched.run.pictures).toMatchObject({ altered: 0, leftOut: 0, calls: 0 })
  expect(untouched.details.every(({ attempts }) => attempts[0]!.pictures === null)).toBe(true)
  const plain = await runWith({})
  expect(plain.run).toMatchObject({ pictures: null, departures: [] })
  expect(plain.fingerprint).not.toBe(untouched.fingerprint)
})

test('pictures beyond the number that an endpoint takes are left out and counted', async () => {
  const { run, sent, details } = await runWith({ mostPictures: 1 }, 'mmmu', 24)
  expect(sent.every((pictures) => pictures.length <= 1)).toBe(true)
  expect(run.pictures!.leftOut).toBeGreaterThan(0)
  const left = details.flatMap(({ attempts }) => attempts[0]!.pictures ?? [])
  expect(left.length).toBe(run.pictures!.leftOut)
  expect(left.every(({ to }) => to === null)).toBe(true)
})
