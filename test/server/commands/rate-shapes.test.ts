import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { rateVotes, type RateOptions } from '#server/commands/ratings/rate-board.ts'
import { readVoteFile, type ReadingOptions } from '#server/commands/ratings/rate-file.ts'
import { printRatings } from '#server/commands/ratings/rate.ts'
import { writeParquet, type ParquetType } from '#server/formats/parquet.ts'
import { zipStream } from '#server/formats/zip-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-shapes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const zip = async (files: Record<string, string>) => {
  const entries = Object.entries(files).map(([name, text]) => ({ name, content: () => [text] }))
  return Buffer.concat(await zipStream(entries, new Date(0)).toArray())
}

type Row = Record<string, unknown>
type Board = ReturnType<typeof rateVotes>

const plain: RateOptions = {
  ...{ method: 'bt', ties: 'half', interval: 'clustered', rounds: 200, seed: 1, style: false, weights: false },
}

async function read(path: string, options: ReadingOptions = {}): Promise<Board> {
  return rateVotes(await readVoteFile(path, options), { ...plain, weights: options.weights ?? false })
}

const heading = ['model_a', 'model_b', 'winner', 'rater', 'item']
const votes = [
  ['m1', 'm2', 'model_a', 'r1', 'q1'],
  ['m2', 'm1', 'model_a', 'r1', 'q2'],
  ['m1', 'm3', 'model_a', 'r2', 'q1'],
  ['m3', 'm2', 'tie', 'r2', 'q3'],
  ['m2', 'm3', 'both_bad', 'r3', 'q1'],
  ['m3', 'm1', 'tie', 'r3', 'q2'],
  ['m1', 'm2', 'model_a', 'r4', 'q3'],
  ['m3', 'm1', 'model_b', 'r4', 'q4'],
  ['m2', 'm3', 'model_a', 'r5', 'q4'],
  ['m3', 'm2', 'model_a', 'r5', 'q1'],
  ['m1', 'm2', 'model_b', 'r6', 'q4'],
  ['m2', 'm1', 'model_b', 'r6', 'q3'],
]
const objects: Record<string, string>[] = votes.map((row) =>
  Object.fromEntries(heading.map((name, k) => [name, row[k]!])),
)

/** The ratings of these votes by the fixed point of Zermelo (1929), reckoned apart, to the last figure that is printed. */
const right = { m1: '1096.4', m2: '979.2', m3: '924.4' }

function ratingsOf(board: Board): Record<string, string | undefined> {
  return Object.fromEntries(board.lists.flatMap(({ rows }) => rows.map((row) => [row.model, row.rating?.toFixed(1)])))
}

const table = (separator: string, end = '\n', names = heading, rows = votes) =>
  [names, ...rows].map((row) => row.join(separator) + end).join('')
const csv = table(',')
const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')
const mixed = csv
  .trimEnd()
  .split('\n')
  .map((line, k) => line + ['\r\n', '\n', '\r'][k % 3])
  .join('')
const byColumn = Object.fromEntries(
  heading.map((name) => [name, Object.fromEntries(objects.map((row, k) => [String(k), row[name]]))]),
)
const oneHot = objects.map(({ model_a, model_b, winner, rater, item }) => ({
  ...{ id: 30192, model_a, model_b, prompt: '["why?"]', response_a: '["x, y"]', response_b: '["z"]', rater, item },
  ...{ winner_model_a: winner === 'model_a' ? 1 : 0, winner_model_b: winner === 'model_b' ? 1 : 0 },
  winner_tie: winner === 'tie' || winner === 'both_bad' ? 1 : 0,
}))
const inWords = (row: Row) =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      name.startsWith('winner') ? [[name, value === 1 ? 'True' : 'False']] : [],
    ),
  )
const quoted = (value: unknown) => (/[",]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value)
const csvOf = (rows: Row[]) =>
  [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row).map(quoted))].map((row) => row.join()).join('\n')
const json = (value: unknown) => JSON.stringify(value)
const lines = (rows: Row[]) => rows.map((row) => `${json(row)}\n`).join('')
/** As Python's json.dumps writes a row with a score that is not a number. */
const python = (row: Row) =>
  `${json({ ...row, score: 0, least: 0 })
    .replaceAll(':0', ': NaN')
    .replace(/NaN}$/, '-Infinity}')}`

const alike: [shape: string, name: string, content: string | Uint8Array][] = [
  ['CSV', 'plain.csv', csv],
  ['semicolons in a .csv, with empty columns behind, as Excel writes it', 'e.csv', table(';', ';;\r\n')],
  ['tabs in a .csv', 't.csv', table('\t')],
  ['bars', 'b.txt', table('|')],
  ['commas in a .tsv', 'c.tsv', csv],
  ['sep=, in front', 's.csv', `sep=,\r\n${table(',', '\r\n')}`],
  ['sep=; in front, after a byte order mark', 'ss.csv', `\uFEFFsep=;\r\n${table(';', '\r\n')}`],
  ['sep= and a tab', 'st.csv', `sep=\t\n${table('\t')}`],
  ['Unicode text of Excel', 'u.txt', utf16(table('\t', '\r\n'))],
  [
    'headings in other case, with spaces',
    'h.csv',
    table(',', '\n', ['Model A', 'MODEL-B', ' Winner', 'Rater', 'Item']),
  ],
  ['line ends of three kinds', 'm.csv', mixed],
  ['an ending in capitals', 'VOTES.CSV', csv],
  ['JSON Lines with an ending in capitals', 'VOTES.JSONL', lines(objects)],
  ['no ending: CSV', 'bare', csv],
  ['no ending: a JSON list', 'list', json(objects)],
  ['no ending: JSON Lines', 'lines', lines(objects)],
  ['a list named .csv', 'wrong.csv', json(objects)],
  ['pandas to_csv with its index', 'index.csv', csvOf(objects.map((row, k) => ({ '': k, ...row })))],
  ['pandas to_json, by columns', 'columns.json', json(byColumn)],
  ['the same, indented', 'indented.json', JSON.stringify(byColumn, null, 4)],
  ['orient index', 'oi.json', json(Object.fromEntries(objects.map((row, k) => [k, row])))],
  ['orient split', 'os.json', json({ columns: heading, index: votes.map((_, k) => k), data: votes })],
  ['orient table', 'ot.json', json({ schema: { fields: [] }, data: objects.map((row, index) => ({ index, ...row })) })],
  ['to_dict(list)', 'tl.json', json(Object.fromEntries(heading.map((name, k) => [name, votes.map((row) => row[k])])))],
  ['rows of a data viewer', 'v.json', json({ features: [], rows: objects.map((row, row_idx) => ({ row_idx, row })) })],
  ['NaN in a column that is not used', 'nan.jsonl', objects.map((row) => `${python(row)}\n`).join('')],
  ['NaN in a list', 'nan.json', `[${objects.map(python).join()}]`],
  ['one column a winner, as the set of 55,000 has them', 'hot.csv', csvOf(oneHot)],
  ['the same as true and false', 'hot2.csv', csvOf(oneHot.map((row) => ({ ...row, ...inWords(row) })))],
  ['the winner by name', 'w.jsonl', lines(objects.map((row) => ({ ...row, winner: row[row.winner!] ?? row.winner })))],
  [
    'sides in capitals',
    'caps.csv',
    csv.replaceAll(/,model_(.),/g, (_, side: string) => `,Model ${side.toUpperCase()},`),
  ],
  [
    'a weight that is blank, and not asked for',
    'blank.csv',
    csvOf(objects.map((row, k) => ({ ...row, weight: k || '' }))),
  ],
  ['gzip', 'z.csv.GZ', gzipSync(csv)],
  ['zstd', 'z.csv.zst', zstdCompressSync(csv)],
  ['a byte order mark', 'bom.jsonl', `\uFEFF${lines(objects)}`],
]

describe('every shape of the same votes gives the same ratings', () => {
  test.each(alike)('%s', async (_, name, content) => {
    const board = await read(file(name, content))
    expect(ratingsOf(board)).toEqual(right)
    expect(board).toMatchObject({ votes: 12, unsure: 0, notBlind: 0, repeats: 0 })
    expect(board.interval).toBe('clustered')
  })

  test('a zip with one file, and what macOS adds', async () => {
    const packed = await zip({ 'votes.csv': csv, '__MACOSX/._votes.csv': 'x', '.DS_Store': 'x' })
    expect(ratingsOf(await read(file('mac.zip', packed)))).toEqual(right)
  })

  test('columns by other names', async () => {
    const path = file('other.csv', table(',', '\n', ['left', 'right', 'preferred', 'who', 'what']))
    const columns = { model_a: 'left', model_b: 'right', winner: 'preferred', rater: 'who', item: 'what' }
    const board = await read(path, { columns })
    expect(ratingsOf(board)).toEqual(right)
    expect(board.interval).toBe('clustered')
    await expect(read(path)).rejects.toThrow(
      'other.csv, line 1: there is no column winner. The columns are left, right, preferred, who, what; --winner-column NAME says which it is',
    )
    await expect(read(path, { columns: { ...columns, winner: 'verdict' } })).rejects.toThrow('no column verdict')
  })
})

/** A public set in miniature: as its maker wrote it, with what a reader has to get right. */
const text: ParquetType = 'string'
const publicSets: [set: string, columns: Record<string, ParquetType>, rows: Row[], found: Partial<Board>][] = [
  [
    'chatbot_arena_conversations',
    {
      question_id: text,
      model_a: text,
      model_b: text,
      winner: text,
      judge: text,
      turn: 'int64',
      anony: 'boolean',
      language: text,
      tstamp: 'double',
    },
    [
      ...objects.map(({ rater, item: _, winner, ...row }, k) => ({
        ...row,
        ...{ question_id: `58210e39b3fd4441a2bd4a51${k}`, winner: winner === 'both_bad' ? 'tie (bothbad)' : winner },
        ...{ judge: `arena_user_${rater}`, turn: 1, anony: true, language: 'English', tstamp: 1682351591.1322 },
      })),
      { question_id: 'x', model_a: 'm1', model_b: 'm2', winner: 'model_a', judge: 'j', turn: 1, anony: false },
    ],
    { votes: 12, notBlind: 1 },
  ],
  [
    'arena-human-preference-140k',
    { id: text, model_a: text, model_b: text, winner: text, evaluation_session_id: text, evaluation_order: 'int64' },
    objects.map(({ rater, item: _, ...row }, k) => ({
      id: `${k}`,
      ...row,
      evaluation_session_id: rater,
      evaluation_order: k,
    })),
    { votes: 12, interval: 'clustered' },
  ],
  [
    'arena-human-preference-100k',
    { question_id: text, model_a: text, model_b: text, winner: text, judge_hash: text, is_code: 'boolean' },
    objects.map(({ rater, item, ...row }) => ({ ...row, question_id: item, judge_hash: rater, is_code: false })),
    { votes: 12, interval: 'clustered' },
  ],
  [
    'mt_bench_human_judgments',
    { question_id: 'int64', model_a: text, model_b: text, winner: text, judge: text, turn: 'int64' },
    // Each conversation is judged after its first turn and after its second: no vote repeats another.
    objects.flatMap(({ rater, item, ...row }) =>
      [1, 2].map((turn) => ({ ...row, question_id: 80 + Number(item!.slice(1)), judge: `author_${rater}`, turn })),
    ),
    { votes: 24, repeats: 0 },
  ],
]

test.each(publicSets)('%s is read as its maker wrote it', async (set, columns, rows, found) => {
  const path = join(folder, `${set}.parquet`)
  await writeParquet(path, columns, rows)
  const board = await read(path)
  expect(ratingsOf(board)).toEqual(right)
  expect(board).toMatchObject(found)
  expect(board.notes.join()).not.toContain('name no rater')
})

describe('nothing is counted wrong in silence', () => {
  const no = [false, 'False', 'false', 'FALSE', 'no', 'No', 'N', 'f', 0, '0', '0.0']
  test.each(no)('a battle whose anony is %j was not blind', async (anony) => {
    const rows = [...objects.map((row) => ({ ...row, anony: true })), { ...objects[0], rater: 'r9', anony }]
    const board = await read(file('open.jsonl', lines(rows)))
    expect(board).toMatchObject({ votes: 12, notBlind: 1 })
    expect(ratingsOf(board)).toEqual(right)
  })

  test('where anony is blank a vote counts, and the board says so; another word is an error', async () => {
    const rows = objects.map((row, k) => ({ ...row, anony: k < 2 ? '' : 'TRUE' }))
    const board = await read(file('unsaid.csv', csvOf(rows)))
    expect(board.notes).toContain('2 votes do not say whether they were blind (anony); they count.')
    const path = file('maybe.csv', csvOf(rows).replace('TRUE', 'maybe'))
    await expect(read(path)).rejects.toThrow('maybe.csv, line 4: anony is "maybe", not true or false')
  })

  test('ids beyond 2^53 stay apart, in every form of JSON', async () => {
    // These two are one number for a double.
    const ids = ['9007199254740993', '9007199254740992']
    const rows = objects.map((row, k) =>
      json({ ...row, judge: 'ID' })
        .replace('"ID"', ids[k % 2]!)
        .replace(/"rater":"..",/, ''),
    )
    for (const [name, content] of [
      ['ids.jsonl', rows.join('\n')],
      ['ids.json', `[${rows.join()}]`],
    ] as const) {
      const { votes: read } = await readVoteFile(file(name, content))
      expect(new Set(read.rater)).toEqual(new Set([0, 1]))
    }
    const columns = json(byColumn).replace(
      /"rater":\{[^}]*\}/,
      `"rater":{${objects.map((_, k) => `"${k}":${ids[k % 2]}`).join()}}`,
    )
    expect(new Set((await readVoteFile(file('ids-columns.json', columns))).votes.rater)).toEqual(new Set([0, 1]))
  })

  test('ids that a spreadsheet rounded are told of', async () => {
    const rows = objects.map((row) => ({ ...row, rater: '9.00719925474099E+15' }))
    const { notes } = await readVoteFile(file('rounded.csv', csvOf(rows)), { repeats: 'all' })
    expect(notes[1]).toMatch(/^1 raters are numbers that a spreadsheet has rounded, such as 9\.00719925474099E\+15/)
  })

  test.each(['', null, 'NaN', 'nan', 'None', '<NA>'])('raters written as %j are each somebody else', async (blank) => {
    const rows = objects.map((row, k) => ({ ...row, rater: k < 3 ? blank : row.rater }))
    const found = await readVoteFile(file('blank.jsonl', lines(rows)))
    expect(new Set(found.votes.rater).size).toBe(3 + 5)
    expect(found.notes).toEqual(['3 votes name no rater: each is taken for one of another rater.'])
    const none = await readVoteFile(file('none.jsonl', lines(objects.map((row) => ({ ...row, rater: blank })))))
    expect(none.votes.rater).toBeUndefined()
  })

  test('a rater who is missing in the first line is found in the others', async () => {
    const [first, ...others] = objects
    const { rater: _, ...bare } = first!
    expect((await readVoteFile(file('late.jsonl', lines([bare, ...others])))).votes.rater).toHaveLength(12)
  })

  test('a rater who judges item and pair again counts once, and the board says so', async () => {
    // Sides do not matter; another item, pair or rater does.
    const again = { ...objects[0], model_a: 'm2', model_b: 'm1' }
    const path = file('again.jsonl', lines([...objects, again, again]))
    const once = await read(path)
    expect(once).toMatchObject({ votes: 12, repeats: 2 })
    expect(ratingsOf(once)).toEqual(right)
    expect(once.notes[0]).toMatch(/^2 votes repeat an earlier one .* --repeats all counts them\.$/)
    const all = await read(path, { repeats: 'all' })
    expect(all).toMatchObject({ votes: 14, repeats: 0 })
    expect(all.notes[0]).toMatch(/^2 votes repeat .* are counted\.$/)
  })

  test('two columns that could both be meant are an error that says how to choose', async () => {
    const twice = file('twice.csv', table(',', '\n', ['model_a', 'model_b', 'winner', 'winner', 'item']))
    await expect(read(twice)).rejects.toThrow('twice.csv, line 1: 2 columns are called winner; rename all but one')
    const cases = file('cases.csv', table(',', '\n', ['model_a', 'model_b', 'winner', 'Winner', 'item']))
    await expect(read(cases)).rejects.toThrow(
      'cases.csv, line 1: the columns winner and Winner could both be winner; --winner-column NAME says which it is',
    )
    expect((await read(cases, { columns: { winner: 'winner' } })).votes).toBe(12)
    const unused = csvOf(objects.map((row) => ({ ...row, note: 1, Note: 2 }))).replace('Note', 'note')
    expect((await read(file('unused.csv', unused))).votes).toBe(12)
  })

  const twins: [what: string, one: string, other: string][] = [
    ['a space behind', 'm1', 'm1 '],
    ['a space that does not break', 'm1', '\u00a0m1'],
    ['accents in two forms', 'm\u00e9', 'me\u0301'],
  ]
  test.each(twins)('%s makes no second model, and the board says so', async (_, one, other) => {
    const named = objects.map((row, k) => {
      const name = k % 2 ? one : other
      return {
        ...row,
        model_a: row.model_a === 'm1' ? name : row.model_a,
        model_b: row.model_b === 'm1' ? name : row.model_b,
      }
    })
    const board = await read(file('twins.jsonl', lines(named)))
    expect(ratingsOf(board)).toEqual({ ...{ m2: right.m2, m3: right.m3 }, [one]: right.m1 })
    expect(board.notes[0]).toMatch(
      /^Names that differ in spaces around them or in the form of their accents are one model: ".+" and ".+"\.$/,
    )
  })

  test('names in other case stay apart, and the board says so', async () => {
    const board = await read(file('case.csv', `${csv}M1,m2,model_a,r7,q7\nm2,M1,model_a,r8,q7\n`))
    expect(Object.keys(ratingsOf(board))).toHaveLength(4)
    expect(board.notes[0]).toBe(
      'Names that differ in upper and lower case are rated as different models: "m1" and "M1".',
    )
  })

  test('an outcome that could be a side or a name is an error', async () => {
    const path = file('ab.csv', 'model_a,model_b,winner\nB,A,A\n')
    await expect(read(path)).rejects.toThrow(
      'ab.csv, line 2: the outcome "A" could be a side or the model of that name',
    )
  })
})

const packedTwice = gzipSync(Buffer.alloc(64 * 2 ** 20, `m1,m2,tie${' '.repeat(90)}\n`))
const refused: [what: string, name: string, content: string | Uint8Array, says: string][] = [
  [
    'rows without names',
    'values.json',
    json(votes),
    'values.json, line 1: a row without names of columns; write objects',
  ],
  [
    'columns of two lengths',
    'short.json',
    json({ model_a: ['m1'], model_b: [], winner: ['tie'] }),
    'short.json: the columns model_a and model_b differ in length',
  ],
  ['a data frame cut in half', 'half.json', json(byColumn).slice(0, 300), 'half.json, line 1: not a whole JSON object'],
  ['zstd cut in half', 'half.csv.zst', zstdCompressSync(csv).subarray(0, 60), 'half.csv.zst is not a whole zstd file'],
  [
    'a gzip bomb',
    'bomb.csv.gz',
    Buffer.concat([gzipSync('model_a,model_b,winner\n'), packedTwice]),
    'bomb.csv.gz unpacks to more than 100 times its size',
  ],
  [
    'a zstd bomb of nothing',
    'bomb.zst',
    zstdCompressSync(Buffer.alloc(64 * 2 ** 20)),
    'bomb.zst, line 1: the row is longer than 10 MB',
  ],
  ['xz', 'votes.csv.xz', Buffer.from('fd377a585a0000', 'hex'), 'votes.csv.xz is packed with xz; unpack it'],
  ['a pickle', 'votes.pkl', Buffer.from('8004950000', 'hex'), 'votes.pkl is a Python pickle'],
  [
    'no true one of three',
    'none.csv',
    'model_a,model_b,winner_model_a,winner_model_b,winner_tie\nm1,m2,0,0,0',
    'none.csv, line 2: of winner_model_a, winner_model_b, winner_tie one must be 1, not 0',
  ],
  ['a name without end', 'long.csv', `model_a,model_b,winner\n${'x'.repeat(600)},m2,tie`, 'longer than 500 signs'],
  [
    'a column too many in each line',
    'wide.jsonl',
    lines(
      Array.from({ length: 60 }, (_, k) => ({
        ...objects[0],
        ...Object.fromEntries(Array.from({ length: 50 }, (__, c) => [`c${k}-${c}`, 1])),
      })),
    ),
    'there are more than 2000 columns',
  ],
  [
    'a bad row',
    'bad.csv',
    `${csv}m1,m1,tie,r1,q9\n`,
    'bad.csv, line 14: "m1" stands against itself. --skip-bad leaves such rows out.',
  ],
]

describe('what cannot be read is said in one sentence', () => {
  test.each(refused)('%s', async (_, name, content, says) => {
    await expect(read(file(name, content))).rejects.toThrow(says)
  })

  test('archives of several files, of none, of a workbook, and bombs', async () => {
    await expect(read(file('two.zip', await zip({ 'a.csv': csv, 'b.csv': csv })))).rejects.toThrow(
      'two.zip holds 2 files (a.csv, b.csv); unpack it and name the one with the votes',
    )
    await expect(read(file('no.zip', await zip({})))).rejects.toThrow('no.zip is an empty archive')
    const workbook = await zip({ '[Content_Types].xml': '', 'xl/workbook.xml': '<x/>' })
    await expect(read(file('votes.xlsx', workbook))).rejects.toThrow('votes.xlsx is an Excel workbook; save it as CSV')
    const bomb = await zip({ 'votes.csv': `model_a,model_b,winner\n${'m1,m2,tie\n'.repeat(1e6)}` })
    await expect(read(file('bomb.zip', bomb))).rejects.toThrow('the limit is 100 to one')
  })

  test('a weight that is no number, when weights count', async () => {
    const path = file('inf.csv', 'model_a,model_b,winner,weight\nm1,m2,tie,1\nm1,m2,tie,inf')
    await expect(read(path, { weights: true })).rejects.toThrow(
      'inf.csv, line 3: a weight must be a positive number, not "inf"',
    )
  })

  const spoilt: [what: string, name: string, content: string, notes: string][] = [
    [
      'CSV',
      'sb.csv',
      `${csv}m1,m1,tie,r1,q9\nm1,m2\nm1,m2,draw,r1,q9\n`,
      '3 bad rows left out: line 14: "m1" stands against itself; line 15: the row has not as many cells as the heading; line 16: unknown outcome "draw"; it is',
    ],
    [
      'JSON Lines cut in half',
      'sb.jsonl',
      `${lines(objects)}{"model_a":"m1","mod`,
      '1 bad rows left out: line 13: not a whole JSON object.',
    ],
    [
      'a list',
      'sb.json',
      json([...objects, 7, { ...objects[0], winner: 3 }]),
      '2 bad rows left out: line 1: not a JSON object; line 1: unknown outcome "3"',
    ],
  ]
  test.each(spoilt)('--skip-bad goes on, counts and lists: %s', async (_, name, content, says) => {
    const path = file(name, content)
    await expect(read(path)).rejects.toThrow(name)
    const board = await read(path, { skipBad: true })
    expect(ratingsOf(board)).toEqual(right)
    expect(board.notes[0]).toContain(says)
  })

  test('of many bad rows the first twenty are listed', async () => {
    const board = await read(file('many.csv', csv + 'm1,m1,tie,r1,q9\n'.repeat(50)), { skipBad: true })
    expect(board.notes[0]).toMatch(
      /^50 bad rows left out: line 14: .*; line 33: "m1" stands against itself; and 30 more\.$/,
    )
  })
})

/** What the command prints for a file that is split by a column. */
async function printedBy(path: string, column: string, options: Partial<RateOptions> = {}) {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  try {
    printRatings(await readVoteFile(path, { splitBy: column }), { ...plain, ...options, json: true })
    return JSON.parse(String(log.mock.calls[0]![0])) as { group: string; board: Board | null; problem: string | null }[]
  } finally {
    log.mockRestore()
  }
}

describe('--by', () => {
  const inGroups = [
    ...objects.map((row) => ({ ...row, tag: 'all' })),
    ...['model_a', 'model_b'].map((winner) => ({ ...objects[0], winner, item: `q-${winner}`, tag: 'tiny' })),
  ]

  test('one tiny group keeps no other from its board', async () => {
    const boards = await printedBy(file('tiny.jsonl', lines(inGroups)), 'tag', { interval: 'cluster-rater' })
    expect(boards.map(({ group, problem }) => [group, problem])).toEqual([
      ['all', null],
      ['tiny', 'No board: --interval cluster-rater needs more than one rater'],
    ])
    expect(ratingsOf(boards[0]!.board!)).toEqual(right)
  })

  test('a group without the anchor is rated without it and says so', async () => {
    const boards = await printedBy(file('anchored.jsonl', lines(inGroups)), 'tag', {
      anchor: { model: 'm3', rating: 1000 },
    })
    expect(ratingsOf(boards[0]!.board!)).toEqual({ m1: '1172.0', m2: '1054.8', m3: '1000.0' })
    expect(boards[1]!.board!.notes[0]).toBe('The anchor m3 has no vote here: the mean of the ratings is 1000.')
    await expect(
      printedBy(file('anchored.jsonl', lines(inGroups)), 'tag', { anchor: { model: 'm9', rating: 1 } }),
    ).rejects.toThrow('No vote names the anchor m9')
  })

  const tags = [
    { creative_writing: { creative_writing: true, score: '5' }, math: { math: false }, criteria: { complexity: true } },
    { creative_writing: { creative_writing: false }, math: { math: true }, criteria: { complexity: true } },
    { math: { math: false } },
  ]
  const pythonic = (value: unknown) =>
    json(value).replaceAll('"', "'").replaceAll('true', 'True').replaceAll('false', 'False')
  const structs: [what: string, name: string, cell: (k: number) => unknown, groups: Record<string, number>][] = [
    ['a struct', 'struct.jsonl', (k) => tags[k % 3], { '(none)': 4, complexity: 8, creative_writing: 4, math: 4 }],
    [
      'a struct as Python writes it',
      'python.jsonl',
      (k) => pythonic(tags[k % 3]),
      { '(none)': 4, complexity: 8, creative_writing: 4, math: 4 },
    ],
    ['a list', 'tags.jsonl', (k) => [['x', 'y'], ['y'], []][k % 3], { '(none)': 4, x: 4, y: 8 }],
    ['a list as text', 'text.jsonl', (k) => ["['x', 'y']", '["y"]', '[]'][k % 3], { '(none)': 4, x: 4, y: 8 }],
    ['a number, a truth, nothing', 'mixed.jsonl', (k) => [1, true, null][k % 3], { '(none)': 4, '1': 4, true: 4 }],
  ]
  test.each(structs)('%s puts a vote in each of its groups', async (_, name, cell, groups) => {
    const path = file(name, lines(objects.map((row, k) => ({ ...row, category_tag: cell(k) }))))
    const boards = await printedBy(path, 'category_tag')
    expect(Object.fromEntries(boards.map(({ group, board }) => [group, board!.votes]))).toEqual(groups)
  })
})
