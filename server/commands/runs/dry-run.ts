import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { openReading } from '#server/datasets/service.ts'
import { openEndpoint, urlOf, type StoredEndpoint } from '#server/endpoints/call-endpoint.ts'
import { mergeSettings, nothingSet } from '#server/endpoints/sampling.ts'
import type { WirePart } from '#server/endpoints/protocols/protocol.ts'
import type { RunSettings } from '#server/runs/create-run.ts'
import { readQuestion, type ReadQuestion } from '#server/runs/reading/read-question.ts'

const requestsShown = 5

/** Prints the first five requests of a run exactly as they would go out, pictures abbreviated and without the key. Nothing is stored or sent. */
export async function dryRun(ctx: Context, stored: StoredEndpoint, settings: RunSettings): Promise<void> {
  const { benchmark, split } = settings.task
  const endpoint = await openEndpoint(ctx, stored.id)
  const wanted = settings.promptProfile ?? stored.promptProfile
  const promptProfile = benchmark.prompts[wanted] === undefined ? 'default' : wanted
  const asked = { promptProfile, endpointSettings: { sendsStyleTag: stored.sendsStyleTag } }
  const { sampling = {}, extraBody = {} } = settings
  const layers = { definition: benchmark.generation, endpoint: stored, run: { ...nothingSet, sampling, extraBody } }
  const wire = { ...endpoint.settings, ...mergeSettings(layers) }
  await using data = await openReading(ctx, settings.task, settings.dataPath)
  let number = 0
  for await (const row of data.rows()) {
    const read = await readQuestion(asked, benchmark, row)
    const { path, headers, body } = endpoint.protocol.buildRequest(wire, null, { parts: partsOf(read) })
    console.log(
      `${benchmark.id} ${split}, ${printable(row.id)}: ${read.columns.fault ?? `POST ${urlOf(endpoint.baseUrl, path)}`}`,
    )
    if (read.columns.fault === null) console.log(request(headers, body, endpoint.key !== null))
    if (++number === requestsShown) return
  }
}

/** The prompt with a few words in the place of each picture. */
function partsOf({ columns, pictures }: ReadQuestion): WirePart[] {
  return columns.prompt.map(({ text = '', imageSha256 }) => {
    const picture = pictures.find(({ sha256 }) => sha256 === imageSha256)
    if (!picture) return { kind: 'text', text }
    const { bytes, sha256, mediaType } = picture
    const words = `⟨${bytes.length} bytes in base64, SHA-256 ${sha256.slice(0, 16)}…⟩`
    return { kind: 'image', mediaType, base64: Buffer.from(words) }
  })
}

function request(headers: Record<string, string>, body: Uint8Array[], hasKey: boolean): string {
  const names = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const lines = hasKey ? [...names, '(and the stored key, which is not shown)'] : names
  return `${lines.join('\n')}\n${JSON.stringify(JSON.parse(Buffer.concat(body).toString()), null, 2)}\n`
}
