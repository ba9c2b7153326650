import { InputError } from '#server/core/problem.ts'

/** What files of other kinds start with, what they are, and what to do. */
const byStart: [start: string, is: string][] = [
  ['\x80\x03', pickle()],
  ['\x80\x04', pickle()],
  ['\x80\x05', pickle()],
  ['PAR1', 'a Parquet file. Write its rows as JSON Lines'],
  ['ARROW1', 'an Arrow file. Write its rows as JSON Lines'],
  ['SQLite format 3', 'a database of SQLite. Export the predictions from it as CSV'],
  ['BZh', 'packed by bzip2. Unpack it, or pack it by gzip or Zstandard'],
  ['\xfd7zXZ', 'packed by xz. Unpack it, or pack it by gzip or Zstandard'],
  ['7z\xbc\xaf', 'an archive of 7-Zip. Unpack it and name the file with the predictions'],
  ['Rar!', 'a RAR archive. Unpack it and name the file with the predictions'],
  ['\xd0\xcf\x11\xe0', 'an Excel workbook of before 2007. Save it as .xlsx or TSV'],
  ['%PDF', 'a PDF. Name the file that the evaluation wrote'],
  ['version https://git-lfs', 'only a pointer of Git LFS. Fetch the file itself: git lfs pull'],
]

function pickle(): string {
  return 'a pickle of Python, which can run programs when it is opened. Write its rows as JSON Lines or TSV'
}

/** Throws InputError that says what a file is, where it is of a kind that is known and not read. */
export function refuseOtherKinds(start: Uint8Array, name: string): void {
  const text = Buffer.from(start).toString('latin1')
  const found = byStart.find(([begins]) => text.startsWith(begins))
  const is =
    found?.[1] ??
    (text.slice(257, 262) === 'ustar' ? 'a tar archive. Unpack it and name the file with the predictions' : null) ??
    (/^\s{0,20}<(?:!doctype|html)/i.test(text) ? 'a web page. Fetch the file itself' : null)
  if (is !== null) throw new InputError(`${name} is ${is}.`)
}

/** Keys of JSON objects that other tools write beside their predictions. */
const byKeys: [keys: string[], is: string][] = [
  [
    ['results', 'configs', 'versions'],
    'the results of lmms-eval, which hold scores and no responses. Run it with --log_samples and name the file …_samples_….jsonl',
  ],
  [['eval', 'status', 'version'], 'a log of Inspect without samples. Evaluate with --log-samples and name that log'],
  [['scores', 'average'], 'a table of scores without responses. Name the file with the predictions'],
]

/** Throws InputError that says what a JSON object is, where it is known and holds no predictions. */
export function refuseOtherObjects(object: Record<string, unknown>, name: string): void {
  const is = byKeys.find(([keys]) => keys.every((key) => key in object))?.[1]
  if (is !== undefined) throw new InputError(`${name} is ${is}.`)
}
