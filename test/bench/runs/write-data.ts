import { randomFillSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { parquetImage, writeParquet } from '#server/formats/parquet.ts'

export type DataLayout = 'files' | 'parquet'

interface Wanted {
  folder: string
  examples: number
  pictureKb: number
}

const pictureName = (id: number) => `COCO_val2014_${String(id).padStart(12, '0')}.jpg`

/**
 * Writes VQA v2 val as its authors give it: a file of questions, one of annotations, and a folder of pictures, one for
 * each question and no two alike. Returns the folder of pictures.
 */
export async function writeAsFiles({ folder, examples, pictureKb }: Wanted): Promise<string> {
  const pictures = join(folder, 'val2014')
  mkdirSync(pictures, { recursive: true })
  const draw = await pictureMaker(pictureKb)
  for (let id = 0; id < examples; id++) writeFileSync(join(pictures, pictureName(id)), draw(id))
  await writeList(join(folder, 'v2_OpenEnded_mscoco_val2014_questions.json'), 'questions', examples, (id) => ({
    image_id: id,
    question: questionOf(id),
    question_id: id,
  }))
  await writeList(join(folder, 'v2_mscoco_val2014_annotations.json'), 'annotations', examples, (id) => ({
    image_id: id,
    question_id: id,
    ...answersOf(id),
  }))
  return pictures
}

const rowsPerFile = 5_000
const rowGroupSize = 500

/** Writes the same examples as the hub has them: Parquet files with the pictures inside. */
export async function writeAsParquet({ folder, examples, pictureKb }: Wanted): Promise<void> {
  mkdirSync(join(folder, 'data'), { recursive: true })
  const draw = await pictureMaker(pictureKb)
  const columns = {
    question_type: 'string',
    answers: { list: { struct: { answer: 'string', answer_confidence: 'string', answer_id: 'int64' } } },
    answer_type: 'string',
    question_id: 'int64',
    question: 'string',
    image: parquetImage,
  } as const
  const files = Math.ceil(examples / rowsPerFile)
  for (let file = 0; file < files; file++) {
    const ids = Array.from(
      { length: Math.min(rowsPerFile, examples - file * rowsPerFile) },
      (_, at) => file * rowsPerFile + at,
    )
    const rows = ids.map((id) => ({
      question_id: id,
      question: questionOf(id),
      image: { bytes: draw(id), path: pictureName(id) },
      ...answersOf(id),
    }))
    const name = `validation-${String(file).padStart(5, '0')}-of-${String(files).padStart(5, '0')}.parquet`
    await writeParquet(join(folder, 'data', name), columns, rows, { rowGroupSize })
  }
}

const questionOf = (id: number) => `How many things of kind ${id} are there?`

function answersOf(id: number) {
  const answers = Array.from({ length: 10 }, (_, annotator) => ({
    answer: annotator < id % 11 ? 'two' : 'three',
    answer_confidence: 'yes',
    answer_id: annotator + 1,
  }))
  return { question_type: 'how many', answer_type: 'number', answers }
}

/** JPEG files of one size and no two alike: a little noise, and a comment that differs and is most of it, so that nothing packs them. */
export async function pictureMaker(kb: number): Promise<(id: number) => Buffer> {
  const bytes = kb * 1000
  let picture: Buffer
  for (let side = 60 * Math.ceil(Math.sqrt(kb)); ; side = Math.floor(side * 0.98)) {
    if (side < 8) throw new Error(`No picture of ${kb} KB can be drawn; name another size`)
    const pixels = randomFillSync(Buffer.alloc(side * side * 3))
    picture = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
      .jpeg()
      .toBuffer()
    if (picture.length < Math.max(bytes / 5, bytes - 40_000) && picture.length > bytes - 65_000) break
  }
  return (id) => {
    const comment = randomFillSync(Buffer.alloc(bytes - picture.length))
    comment.writeUInt16BE(0xfffe, 0)
    comment.writeUInt16BE(comment.length - 2, 2)
    comment.writeUInt32BE(id, 4)
    return Buffer.concat([picture.subarray(0, 2), comment, picture.subarray(2)])
  }
}

async function writeList(path: string, key: string, count: number, item: (id: number) => object): Promise<void> {
  await using file = await open(path, 'w')
  await file.write(`{"info": {"version": "2.0"}, "${key}": [`)
  for (let from = 0; from < count; from += 1000) {
    const ids = Array.from({ length: Math.min(1000, count - from) }, (_, at) => from + at)
    await file.write(`${from > 0 ? ', ' : ''}${ids.map((id) => JSON.stringify(item(id))).join(', ')}`)
  }
  await file.write(']}')
}
