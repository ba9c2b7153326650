import { boundsOf } from '#server/calls/call-resources.ts'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { openReading } from '#server/datasets/service.ts'
import { openEndpoint, urlOf, type StoredEndpoint } from '#server/endpoints/call-endpoint.ts'
import type { WirePart } from '#server/endpoints/protocols/protocol.ts'
import { mergeSettings } from '#server/endpoints/sampling.ts'
import type { PicturePolicy } from '#server/endpoints/schema.ts'
import { fitted } from '#server/images/read-fitted.ts'
import { pictureHash } from '#server/images/service.ts'
import type { RunSettings } from '#server/runs/create-run.ts'
import { chosenRows } from '#server/runs/reading/choose-rows.ts'
import { readQuestion, type ReadQuestion } from '#server/runs/reading/read-question.ts'
import { runSettings } from '#server/runs/run-settings.ts'

const requestsShown = 5

/**
 * Prints the first five requests of a run exactly as they would go out: of the examples that it would choose, with their
 * pictures as the endpoint takes them, abbreviated, and without the key. Nothing is stored or sent.
 */
export async function dryRun(ctx: Context, stored: StoredEndpoint, settings: RunSettings): Promise<void> {
  const { benchmark, split } = settings.task
  const endpoint = await openEndpoint(ctx, stored.id)
  const wanted = settings.promptProfile ?? stored.promptProfile
  const promptProfile = benchmark.prompts[wanted] === undefined ? 'default' : wanted
  const asked = { promptProfile, endpointSettings: { sendsStyleTag: stored.sendsStyleTag } }
  const { sampling = {}, extraBody = {}, limit = null, seed = 0 } = settings
  const sent = runSettings(benchmark, stored, { sampling, extraBody }).settings
  const wire = { ...endpoint.settings, ...mergeSettings(sent) }
  await using data = await openReading(ctx, settings.task, settings.dataPath)
  for await (const { example, position } of chosenRows(data, { limit, seed })) {
    const parts = await partsOf(await readQuestion(asked, benchmark, example), sent.pictures ?? {})
    const name = `${benchmark.id} ${split}, ${printable(example.id)}`
    if (typeof parts === 'string') console.log(`${name}: ${printable(parts)}`)
    else {
      const { path, headers, body } = endpoint.protocol.buildRequest(wire, null, { parts })
      console.log(`${name}: POST ${urlOf(endpoint.baseUrl, path)}`)
      console.log(request(headers, body, endpoint.key !== null))
    }
    if (position + 1 === requestsShown) return
  }
}

/** The prompt with a few words in the place of each picture, or in words why there is none. */
async function partsOf({ columns, pictures }: ReadQuestion, policy: PicturePolicy): Promise<WirePart[] | string> {
  if (columns.fault !== null) return columns.fault
  const { mostPictures, bounds } = boundsOf(policy)
  const parts: WirePart[] = []
  let shown = 0
  for (const { text = '', imageSha256 } of columns.prompt) {
    const picture = pictures.find(({ sha256 }) => sha256 === imageSha256)
    if (!picture) parts.push({ kind: 'text', text })
    else if (++shown <= mostPictures) {
      try {
        const { bytes, mediaType } = await fitted({ ...picture, imageBytes: picture.bytes.length }, bounds)
        parts.push({ kind: 'image', mediaType, base64: abbreviated(bytes) })
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        return error.message
      }
    }
  }
  return parts
}

function abbreviated(bytes: Uint8Array): Buffer {
  return Buffer.from(`⟨${bytes.length} bytes in base64, SHA-256 ${pictureHash(bytes).slice(0, 16)}…⟩`)
}

function request(headers: Record<string, string>, body: Uint8Array[], hasKey: boolean): string {
  const names = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const lines = hasKey ? [...names, '(and the stored key, which is not shown)'] : names
  return `${lines.join('\n')}\n${JSON.stringify(JSON.parse(Buffer.concat(body).toString()), null, 2)}\n`
}
