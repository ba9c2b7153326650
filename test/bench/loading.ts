import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { openDataFiles } from '#server/datasets/data-files.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { openSplit } from '#server/datasets/service.ts'
import { parquetImage, writeParquet } from '#server/formats/parquet.ts'

const rowCount = 214_354
const pictureBytes = 20_000
const rowGroupSize = 1000
const rowsPerFile = 5 * rowGroupSize
const maxMb = 500
const MB = 1024 ** 2

/** Streams a whole VQA v2 val split through loader and definition; 1 when it takes 500 MB of memory or more. */
export async function run(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'arena-loading-'))
  try {
    const freeMb = (statfsSync(folder).bavail * statfsSync(folder).bsize) / MB
    if (freeMb < 6000)
      throw new Error(`${folder} has ${Math.round(freeMb)} MB left; the bench needs 6,000 MB for a while`)
    // Written by another process, so that the peak measured here is the reader's alone.
    const [code] = (await once(
      spawn(process.execPath, [import.meta.filename, folder], { stdio: 'inherit' }),
      'exit',
    )) as [number]
    if (code !== 0) throw new Error('The data could not be written')
    const { names } = await openDataFiles(folder)
    console.log(
      `${names.length} files of the hub's VQA v2 val, row groups of ${rowGroupSize}, pictures of ${pictureBytes / 1000} KB`,
    )
    return await measure(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string): Promise<number> {
  const opening = performance.now()
  const split = await openSplit({ config: { dataDir: folder } } as never, await getTask('vqa_v2_val'), folder)
  const reading = performance.now()
  let [examples, bytes] = [0, 0]
  for await (const { parts, gold } of split.examples()) {
    const [picture] = parts
    if (typeof picture === 'object' && gold !== null) bytes += picture.bytes.length
    examples++
  }
  const seconds = (performance.now() - reading) / 1000
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024)
  const isWhole = examples === rowCount && bytes === rowCount * pictureBytes
  const met = isWhole && peakMb < maxMb
  console.log(`opened and hashed in ${((reading - opening) / 1000).toFixed(1)} s`)
  console.log(
    `${examples.toLocaleString('en')} examples, ${Math.round(bytes / MB).toLocaleString('en')} MB of pictures in ${seconds.toFixed(1)} s: ${Math.round(examples / seconds).toLocaleString('en')} a second`,
  )
  console.log(`peak memory ${peakMb} MB, target below ${maxMb} MB: ${met ? 'met' : 'MISSED'}`)
  return met ? 0 : 1
}

/** Pictures are pieces of one random sea, further apart than a compressor looks back. */
async function writeSplit(folder: string) {
  const random = xoroshiro128plus(214_354)
  const sea = Buffer.alloc(8 * MB)
  for (let at = 0; at < sea.length; at += 4) sea.writeInt32LE(uniformInt(random, -(2 ** 31), 2 ** 31 - 1), at)
  const columns = {
    question_type: 'string',
    multiple_choice_answer: 'string',
    answers: { list: { struct: { answer: 'string', answer_confidence: 'string', answer_id: 'int64' } } },
    image_id: 'int64',
    answer_type: 'string',
    question_id: 'int64',
    question: 'string',
    image: parquetImage,
  } as const
  mkdirSync(join(folder, 'data'))
  const files = Math.ceil(rowCount / rowsPerFile)
  for (let file = 0; file < files; file++) {
    const count = Math.min(rowsPerFile, rowCount - file * rowsPerFile)
    const rows = Array.from({ length: count }, (_, at) => {
      const index = file * rowsPerFile + at
      const start = (index * 131_071) % (sea.length - pictureBytes)
      return {
        question_type: 'how many',
        multiple_choice_answer: String(index % 7),
        answers: Array.from({ length: 10 }, (_, annotator) => ({
          answer: String((index + (annotator > 6 ? 1 : 0)) % 7),
          answer_confidence: 'yes',
          answer_id: annotator + 1,
        })),
        image_id: index >> 2,
        answer_type: 'number',
        question_id: index,
        question: `How many things of kind ${index} are there?`,
        image: { bytes: sea.subarray(start, start + pictureBytes), path: `${index >> 2}.jpg` },
      }
    })
    const name = `validation-${String(file).padStart(5, '0')}-of-${String(files).padStart(5, '0')}.parquet`
    await writeParquet(join(folder, 'data', name), columns, rows, { rowGroupSize })
  }
}

if (import.meta.main) await writeSplit(process.argv[2]!)
