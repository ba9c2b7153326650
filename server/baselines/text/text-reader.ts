import { readFile } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import type { PSM, Worker } from 'tesseract.js'
import { z } from 'zod'
import { writeWhole } from '#server/core/whole-file.ts'
import type { BaselineLogger } from '../logger.ts'
import type { Picture } from '../picture/picture.ts'
import type { Blob } from '../picture/raster.ts'

/** A word read in a picture; its box is in pixels of the picture, confidence from 0 to 100. */
const Word = z.object({
  text: z.string(),
  confidence: z.number(),
  left: z.number(),
  top: z.number(),
  right: z.number(),
  bottom: z.number(),
})
export type Word = z.infer<typeof Word>

/** Reads the words of pictures; what was read is kept by the picture's hash. */
export interface TextReader {
  read(picture: Picture): Promise<Word[]>
  close(): Promise<void>
}

// Raise it when the way of reading changes: pictures whose kept text is of another version are read again.
const KeptText = z.object({ version: z.literal(1), words: z.array(Word) })

const readingTimeoutMs = 60_000

/** Where the text engine and its English data are installed, or null where npm left these optional packages out. */
export function locateTextEngine(
  resolve: (name: string) => string = createRequire(import.meta.url).resolve,
): { langPath: string } | null {
  try {
    resolve('tesseract.js')
    return { langPath: path.join(path.dirname(resolve('@tesseract.js-data/eng/package.json')), '4.0.0_best_int') }
  } catch {
    return null
  }
}

/** An engine and its queue of pictures; it reads one at a time. */
interface EngineQueue {
  engine: Promise<Worker> | null
  waiting: number
  last: Promise<unknown>
}

/**
 * A reader with one engine, or two where there are cores for them, each started at the first picture that no file in
 * `cacheDir` answers for and that finds no engine free. It never uses the network: language data comes from `langPath`,
 * and an engine keeps no cache of its own.
 */
export function textReader(options: { langPath: string; cacheDir: string; logger: BaselineLogger }): TextReader {
  const { langPath, cacheDir, logger } = options
  const engines = Math.min(2, availableParallelism())
  const known = new LRUCache<string, Word[], Picture>({
    max: 1_000,
    ignoreFetchAbort: true,
    fetchMethod: (_sha256, _before, { context: picture }) => readOnce(picture),
  })
  const queues = Array.from({ length: engines }, (): EngineQueue => ({
    engine: null,
    waiting: 0,
    last: Promise.resolve(),
  }))

  async function stopEngine(queue: EngineQueue) {
    const stopping = queue.engine
    queue.engine = null
    await stopping?.then(
      (worker) => worker.terminate(),
      () => undefined,
    )
  }

  async function readFresh(queue: EngineQueue, picture: Picture): Promise<Word[]> {
    const started = performance.now()
    queue.engine ??= startEngine(langPath)
    const reading = readPicture(await queue.engine, picture)
    try {
      const words = await withTimeout(reading, readingTimeoutMs)
      logger.info(
        { sha256: picture.sha256, ms: Math.round(performance.now() - started), words: words.length },
        'read a picture',
      )
      return words
    } catch (error) {
      await stopEngine(queue)
      throw error
    }
  }

  /** Reads with the engine whose queue is shortest. */
  function readInTurn(picture: Picture): Promise<Word[]> {
    const queue = queues.reduce((best, other) => (other.waiting < best.waiting ? other : best))
    queue.waiting++
    const turn = queue.last.then(() => readFresh(queue, picture)).finally(() => queue.waiting--)
    queue.last = turn.catch(() => undefined)
    return turn
  }

  async function readOnce(picture: Picture): Promise<Word[]> {
    const file = path.join(cacheDir, `${picture.sha256}.json`)
    const kept = await readKept(file)
    if (kept) return kept
    const words = await readInTurn(picture)
    await writeWhole(file, JSON.stringify({ version: 1, words })).catch((error: unknown) =>
      logger.info({ error: String(error) }, 'the text read was not kept'),
    )
    return words
  }

  return {
    read: (picture) => known.forceFetch(picture.sha256, { context: picture }),
    close: async () => {
      await Promise.all(queues.map(stopEngine))
    },
  }
}

async function readKept(file: string): Promise<Word[] | null> {
  try {
    return KeptText.parse(JSON.parse(await readFile(file, 'utf8'))).words
  } catch {
    return null // absent, half written or of another version: read the picture again
  }
}

async function startEngine(langPath: string): Promise<Worker> {
  const { createWorker, OEM } = await import('tesseract.js')
  // Without a handler of its own the engine throws where nothing can catch it; the failed call is rejected as well.
  const worker = await createWorker('eng', OEM.LSTM_ONLY, {
    langPath,
    cacheMethod: 'none',
    gzip: true,
    workerPath: fileURLToPath(new URL('text-worker.ts', import.meta.url)),
    errorHandler: () => undefined,
  })
  await worker.setParameters({ user_defined_dpi: '150' })
  return worker
}

/**
 * Where the background is flat, as on charts and pages, two looks at the ink alone, free of bars and grid lines: as one
 * block of lines and as scattered words, because each finds what the other misses. A photograph gets one strict look.
 */
async function readPicture(worker: Worker, picture: Picture): Promise<Word[]> {
  const { PSM } = await import('tesseract.js')
  const longest = Math.max(picture.width, picture.height)
  const drawn = picture.background.flat > 0.25
  const scale = Math.min(drawn ? 1600 : 1000, Math.max(longest, Math.min(2 * longest, drawn ? 1200 : 0))) / longest
  const width = Math.max(1, Math.round(picture.width * scale))
  const image = sharp(picture.bytes).rotate().flatten({ background: '#ffffff' }).resize({ width }).toColourspace('srgb')
  const words: Word[] = []
  if (drawn) {
    const ink = await inkOf(image, picture)
    words.push(...(await look(worker, ink, PSM.SINGLE_BLOCK)))
    for (const word of await look(worker, ink, PSM.SPARSE_TEXT)) addUnlessKnown(words, word)
  } else {
    const found = await look(worker, await image.greyscale().png({ compressionLevel: 1 }).toBuffer(), PSM.AUTO)
    words.push(...found.filter(({ text, confidence }) => confidence >= 75 && text.length > 1))
  }
  // Leaves, waves and circles look like letters: without one sure word of some length nothing was read.
  const long = drawn ? /\p{L}{3}|\d\d/u : /\p{L}{4}/u
  if (!words.some(({ text, confidence }) => confidence >= (drawn ? 70 : 85) && long.test(text))) return []
  return words.map(({ text, confidence, left, top, right, bottom }) => ({
    text,
    confidence: Math.round(confidence),
    left: Math.round(left / scale),
    top: Math.round(top / scale),
    right: Math.round(right / scale),
    bottom: Math.round(bottom / scale),
  }))
}

async function look(worker: Worker, png: Buffer, mode: PSM): Promise<Word[]> {
  await worker.setParameters({ tessedit_pageseg_mode: mode })
  const { data } = await worker.recognize(png, {}, { text: false, blocks: true })
  const lines = (data.blocks ?? []).flatMap((block) => block.paragraphs.flatMap((paragraph) => paragraph.lines))
  return lines
    .flatMap((line) => line.words)
    .map(({ text, confidence, bbox }) => ({
      text: text.trim(),
      confidence,
      left: bbox.x0,
      top: bbox.y0,
      right: bbox.x1,
      bottom: bbox.y1,
    }))
    .filter(({ text, confidence }) => /[\p{L}\p{N}]/u.test(text) && confidence >= (/^\p{N}+$/u.test(text) ? 35 : 55))
}

/** Of two words in the same spot the one with more confidence stays. */
function addUnlessKnown(words: Word[], word: Word): void {
  const overlapping = words.findIndex((known) => {
    const wide = Math.min(known.right, word.right) - Math.max(known.left, word.left)
    const high = Math.min(known.bottom, word.bottom) - Math.max(known.top, word.top)
    const smaller = Math.min(sizeOf(known), sizeOf(word))
    return wide > 0 && high > 0 && wide * high > smaller * 0.4
  })
  if (overlapping < 0) words.push(word)
  else if (words[overlapping]!.confidence < word.confidence) words[overlapping] = word
}

function sizeOf(word: Word): number {
  return (word.right - word.left) * (word.bottom - word.top)
}

/**
 * Black on white: what is dark and colourless (light, where the background is dark), and what is light or black on a
 * coloured box, such as a figure inside a bar.
 */
async function inkOf(image: Sharp, { background, patches }: Picture): Promise<Buffer> {
  const { data, info } = await image.clone().removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const onDark = background.rgb.reduce((sum, channel) => sum + channel, 0) < 384
  const ink = Buffer.alloc(width * height)
  for (let at = 0; at < ink.length; at++) {
    const [max, min] = brightest(data, at * channels)
    const vivid = max - min > 60 && max > 130
    ink[at] = vivid ? 255 : Math.min(255, Math.round((onDark ? 255 - max : max) * 1.35))
  }
  for (const patch of patches.filter(isBox)) {
    const { left, right, top, bottom } = innerBox(patch, width, height)
    for (let row = top; row < bottom; row++) {
      for (let at = row * width + left; at < row * width + right; at++) {
        const [max, min] = brightest(data, at * channels)
        if (max - min <= 60) ink[at] = min > 190 || (max < 90 && patch.colour !== 'black') ? 0 : 255
      }
    }
  }
  return sharp(ink, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer()
}

/** A coloured patch that fills most of its box, letters on it left out. */
function isBox(patch: Blob): boolean {
  return patch.area > 0.01 && fillOf(patch) > 0.65 && patch.colour !== 'white' && patch.colour !== 'grey'
}

/** The box in pixels; of a round patch only the inside, because its corners are not its own. */
function innerBox(patch: Blob, width: number, height: number) {
  const { left, right, top, bottom } = patch.box
  const inset = fillOf(patch) < 0.9 ? 0.15 : 0
  const [aside, down] = [inset * (right - left), inset * (bottom - top)]
  return {
    left: Math.floor(((left + aside) / 100) * width),
    right: Math.ceil(((right - aside) / 100) * width),
    top: Math.floor(((top + down) / 100) * height),
    bottom: Math.ceil(((bottom - down) / 100) * height),
  }
}

function fillOf({ area, box }: Blob): number {
  return area / (((box.right - box.left) / 100) * ((box.bottom - box.top) / 100))
}

function brightest(rgb: Buffer, at: number): [max: number, min: number] {
  const [r, g, b] = [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!]
  return [Math.max(r, g, b), Math.min(r, g, b)]
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`Reading the picture took longer than ${timeoutMs} ms`)), timeoutMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
