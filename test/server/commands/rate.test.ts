import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { rateVotes, type RateOptions } from '#server/commands/ratings/rate-board.ts'
import { readVoteFile } from '#server/commands/ratings/rate-file.ts'
import { boardText } from '#server/commands/ratings/rate-table.ts'
import { writeParquet } from '#server/formats/parquet.ts'
import { items, raters, thirtyVotes } from '../ratings/thirty-votes.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-rate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const rows = [
  ['m1', 'm2', 'model_a'],
  ['m2', 'm1', 'model_a'],
  ['m1', 'm3', 'model_a'],
  ['m3', 'm2', 'tie (bothbad)'],
  ['m2', 'm3', 'both_bad'],
  ['m1', 'm2', 'unsure'],
  ['m3', 'm1', 'tie'],
] as const
const objects = rows.map(([model_a, model_b, winner]) => ({ model_a, model_b, winner }))
const csv = ['model_a,model_b,winner', ...rows.map((row) => row.join(','))].join('\n')

const plain: RateOptions = {
  method: 'bt',
  ties: 'half',
  interval: 'sandwich',
  rounds: 200,
  seed: 1,
  style: false,
  weights: false,
}

async function rate(path: string, options: Partial<RateOptions> = {}, repeats: 'once' | 'all' = 'once') {
  const votes = await readVoteFile(path, { weights: options.weights ?? false, repeats })
  return rateVotes(votes, { ...plain, ...options })
}

describe('reading votes', () => {
  test('CSV, TSV, JSON Lines, battle JSON, Parquet and gzip of the same votes give the same board', async () => {
    const board = await rate(file('votes.csv', csv))
    const parquet = file('votes.parquet', '')
    await writeParquet(parquet, { model_a: 'string', model_b: 'string', winner: 'string' }, objects)
    const twins = [
      file('votes.tsv', csv.replaceAll(',', '\t')),
      file('votes.jsonl', objects.map((row) => JSON.stringify(row)).join('\r\n')),
      file('votes.json', JSON.stringify(objects, null, 1)),
      file('votes.csv.gz', gzipSync(csv)),
      file('marked.csv', `\uFEFF${csv}\n\n`),
      parquet,
    ]
    for (const twin of twins) expect(await rate(twin)).toEqual(board)
    expect(board).toMatchObject({ votes: 6, unsure: 1, outcomes: { model_a: 3, model_b: 0, tie: 1, both_bad: 2 } })
  })

  test('battles that were not blind are counted and left out', async () => {
    const path = file('open.json', JSON.stringify([...objects, { ...objects[0], anony: false }]))
    expect(await rate(path)).toMatchObject({ votes: 6, notBlind: 1 })
  })

  test('bounds take in the raters and items that a file names, and say what that costs', async () => {
    const named = (own: (t: number) => string) =>
      ['model_a,model_b,winner,rater,item', ...rows.map((row, t) => [...row, own(t)].join(','))].join('\n')
    const both = await rate(
      file(
        'both.csv',
        named((t) => `r${t % 3},q${t % 2}`),
      ),
      { interval: 'clustered' },
    )
    expect(both.interval).toBe('clustered')
    expect(both.notes[0]).toMatch(
      /^The bounds take votes of one rater \(3 raters\) and votes on one item \(2 items\) as going together: design effect \d+\.\d, so these 6 votes carry as much as \d independent ones\.$/,
    )
    expect(both.notes[1]).toBe(
      'The raters weigh as 2.6 of even size; below 200 the bounds are widened for it (CR3, t with 1.6 degrees of freedom).',
    )
    const one = await rate(
      file(
        'one.csv',
        named(() => 'r1,q1'),
      ),
      { interval: 'clustered' },
      'all',
    )
    expect(one.notes.slice(0, 3)).toEqual([
      '3 votes repeat an earlier one of the same rater on the same item and pair and are counted.',
      'All votes are of one rater: the bounds say nothing of others.',
      'All votes are on one item: the bounds say nothing of others.',
    ])
    const bare = await rate(file('bare.csv', csv), { interval: 'clustered' })
    expect(bare.interval).toBe('independent')
    expect(bare.notes.join()).toContain('The bounds take every vote for independent')
    for (const { lists } of [both, one, bare])
      for (const { lower, upper } of lists[0]!.rows) expect(upper! - lower!).toBeGreaterThan(10)
  })

  const broken: [what: string, name: string, content: string | Uint8Array, says: string][] = [
    ['an unknown outcome', 'a.csv', `${csv}\nm1,m2,modela`, 'a.csv, line 9: unknown outcome "modela"'],
    ['a model against itself', 'b.csv', `${csv}\nm1,m1,tie`, 'b.csv, line 9: "m1" stands against itself'],
    ['a row with a cell too few', 'c.csv', 'model_a,model_b,winner\nm1,m2', 'c.csv, line 2: the row has not as many'],
    ['an empty file', 'd.csv', '', 'd.csv holds no votes'],
    ['a heading alone', 'e.csv', 'model_a,model_b,winner\n', 'e.csv holds no votes'],
    ['a missing column', 'f.csv', 'model_a,model_b\nm1,m2', 'f.csv, line 1: there is no column winner'],
    ['a broken JSON line', 'g.jsonl', `${JSON.stringify(objects[0])}\n{"model_a`, 'g.jsonl, line 2: not a whole'],
    [
      'a JSON list that breaks off',
      'h.json',
      `[\n${JSON.stringify(objects[0])},\n{`,
      'h.json breaks off after item 1, on line 3',
    ],
    [
      'a bad battle in a list',
      'i.json',
      `[\n${JSON.stringify(objects[0])},\n{"model_a":"m1","model_b":"m2","winner":"x"}]`,
      'i.json, line 3: unknown outcome "x"',
    ],
    ['gzip that breaks off', 'j.csv.gz', gzipSync(csv.repeat(99)).subarray(0, 60), 'j.csv.gz is not a whole gzip file'],
    [
      'a vote without a winner',
      'l.jsonl',
      '{"model_a":"m1","model_b":"m2"}',
      'l.jsonl, line 1: there is no column winner',
    ],
    [
      'a later vote without one',
      'm.jsonl',
      `${JSON.stringify(objects[0])}\n{"model_a":"m1","model_b":"m2"}`,
      'm.jsonl, line 2: the vote has no winner',
    ],
    ['a NUL byte in a name', 'n.csv', `${csv}\nm\0,m1,tie`, 'n.csv, line 9: the name "m\\u0000" is not UTF-8 text'],
    [
      'a name that is not UTF-8',
      'o.csv',
      Buffer.from(`${csv}\nm\xe9,m1,tie`, 'latin1'),
      'o.csv, line 9: the name "m\uFFFD" is not UTF-8 text',
    ],
    ['a quote inside a cell', 'p.csv', `${csv}\nm1 "x",m2,tie`, 'p.csv, line 9: a quote stands inside a cell'],
    ['a row without end', 'q.csv', `${csv}\n"${'x'.repeat(11_000_000)}`, 'q.csv, line 9: the row is longer than 10 MB'],
    ['JSON that is no list', 's.json', '"votes"', 's.json, line 1: not a list of JSON objects'],
    ['only unsure', 'k.csv', 'model_a,model_b,winner\nm1,m2,unsure', 'k.csv holds no votes that say'],
  ]
  test.each(broken)('%s is one clear error', async (_, name, content, says) => {
    await expect(readVoteFile(file(name, content))).rejects.toThrow(says)
  })

  test('a battle file of the public arena is read with its counts of style, whatever else it carries', async () => {
    const battles = Array.from({ length: 60 }, (_, k) => ({
      model_a: `m${k % 3}`,
      model_b: `m${(k + 1) % 3}`,
      winner: ['model_a', 'model_b', 'tie (bothbad)'][(k * k + (k >> 2)) % 3],
      judge: `arena_user_${k % 7}`,
      anony: true,
      conversation_a: [{ role: 'user', content: 'a, "b" [c] {d}\n' }],
      conv_metadata: {
        sum_assistant_a_tokens: 10 + ((k * 7) % 31),
        sum_assistant_b_tokens: 10 + ((k * 11) % 29),
        bold_count_a: { '**': k % 4, __: 1 },
        bold_count_b: { '**': k % 3, __: 0 },
        header_count_a: { h1: 1 },
        header_count_b: { h1: 1 },
      },
    }))
    const board = await rate(file('battles.json', JSON.stringify(battles)), { style: true })
    expect(board.coefficients.map(({ name }) => name)).toEqual(['tokens', 'bold'])
    expect(board.notes).toContain('The headers of both sides are always alike and were left out.')
    expect(await rate(file('battles.json.gz', gzipSync(JSON.stringify(battles))), { style: true })).toEqual(board)
  })

  test('a wrong file ends with exit code 2 and one line', async () => {
    const path = file('wrong.csv', `${csv}\nm1,m2,draw`)
    const command = promisify(execFile)(process.execPath, ['server/cli.ts', 'rate', path])
    await expect(command).rejects.toMatchObject({
      code: 2,
      stderr:
        'arena: wrong.csv, line 9: unknown outcome "draw"; it is model_a, model_b, tie, both_bad, unsure, or the name of ' +
        'one of the two models. --skip-bad leaves such rows out.\n',
    })
  })
})

describe('rating votes', () => {
  test('a model that never lost gets no number but a place above, and the reason', async () => {
    const path = file('champion.csv', `${csv}\nm0,m1,model_a\nm2,m0,model_b`)
    const board = await rate(path)
    expect(board.lists[0]!.rows[0]).toMatchObject({ model: 'm0', rating: null, standing: 'unbeaten', rankBest: null })
    expect(boardText(board)).toContain('m0: never beaten, so no finite rating fits.')
  })

  test('many models without a win are told in one line', async () => {
    const losers = Array.from({ length: 30 }, (_, k) => `m1,loser ${k},model_a`).join('\n')
    const board = await rate(file('losers.csv', `${csv}\n${losers}`))
    expect(board.notes).toEqual(['30 models: never won, so no finite rating fits.'])
  })

  test('groups that never met are listed apart', async () => {
    const board = await rate(file('apart.csv', `${csv}\nx1,x2,model_a\nx2,x1,model_a`))
    expect(board.lists.map(({ rows: list }) => list.map(({ model }) => model).sort())).toEqual([
      ['m1', 'm2', 'm3'],
      ['x1', 'x2'],
    ])
  })

  test('an anchor moves every rating alike and no width', async () => {
    const path = file('anchor.csv', csv)
    const [free, held] = [await rate(path), await rate(path, { anchor: { model: 'm2', rating: 1114 } })]
    const [before, after] = [free.lists[0]!.rows, held.lists[0]!.rows]
    expect(after.find(({ model }) => model === 'm2')!.rating).toBeCloseTo(1114, 9)
    before.forEach((row, k) => {
      expect(after[k]!.upper! - after[k]!.lower!).toBeCloseTo(row.upper! - row.lower!, 9)
      expect(after[k]!.rating! - row.rating!).toBeCloseTo(after[0]!.rating! - before[0]!.rating!, 9)
    })
    await expect(rate(path, { anchor: { model: 'm9', rating: 1114 } })).rejects.toThrow('No vote names the anchor m9')
  })

  test('every method and interval answers; what a file cannot answer is said', async () => {
    const withRaters = csv
      .split('\n')
      .map((line, k) => `${line},${k === 0 ? 'rater,item' : `r${k % 3},i${k % 2}`}`)
      .join('\n')
    const path = file('raters.csv', withRaters)
    for (const method of ['bt', 'elo', 'rao-kupper', 'davidson', 'map'] as const)
      expect((await rate(path, { method })).lists[0]!.rows.every(({ rating }) => rating !== null)).toBe(true)
    for (const interval of ['cluster-rater', 'cluster-item', 'cluster-both'] as const)
      expect((await rate(path, { interval })).lists[0]!.rows.every(({ lower }) => lower !== null)).toBe(true)
    const bare = file('bare.csv', csv)
    await expect(rate(bare, { interval: 'cluster-rater' })).rejects.toThrow('needs a column rater')
    for (const column of ['rater', 'item']) {
      const half = file(`${column}.csv`, csv.replaceAll('\n', `\nr1,`).replace(/^/, `${column},`))
      await expect(rate(half, { interval: 'cluster-both' })).rejects.toThrow(
        '--interval cluster-both needs the columns rater and item',
      )
    }
    await expect(rate(bare, { style: true })).rejects.toThrow('no style counts')
  })

  test('two-way errors that do not hold together are added up, and the board says so', async () => {
    const { a, b, verdict } = thirtyVotes
    const winners = ['model_a', 'model_b', 'tie', 'both_bad']
    const lines = Array.from(a, (left, t) => [left, b[t], winners[verdict[t]!], raters[t], items[t]].join())
    const path = file('thirty.csv', ['model_a,model_b,winner,rater,item', ...lines].join('\n'))
    const { notes, lists } = await rate(path, { interval: 'cluster-both' }, 'all')
    expect(notes).toContain(
      'The two-way errors do not hold together on these votes: the bounds are by rater plus by item, and wider.',
    )
    const { lower, upper } = lists[0]!.rows.find(({ model }) => model === '1')!
    expect(upper! - lower!).toBeCloseTo(2 * 1.959963984540054 * 80.39205155766167, 6)
  })

  test('weights count only when asked for, and the board says so', async () => {
    const weighted = csv
      .split('\n')
      .map((line, k) => `${line},${k === 0 ? 'weight' : k === 1 ? 9 : 1}`)
      .join('\n')
    const path = file('weights.csv', weighted)
    const [plainly, byWeight] = [await rate(path), await rate(path, { weights: true })]
    const rating = (board: typeof plainly) => board.lists[0]!.rows.find(({ model }) => model === 'm1')!.rating!
    expect(plainly.lists).toEqual((await rate(file('unweighted.csv', csv))).lists)
    expect(plainly.notes.join()).toContain('--weights makes votes count by it')
    expect(rating(byWeight)).toBeGreaterThan(rating(plainly) + 50)
    expect(boardText(byWeight)).toContain('ties half, weighted,')
    await expect(rate(path, { weights: true, method: 'elo' })).rejects.toThrow('--weights is for --method bt or map')
    await expect(rate(file('none.csv', csv), { weights: true })).rejects.toThrow('needs a column weight')
  })

  test('every treatment of ties stands beside the rating, with places by difference and what they rest on', async () => {
    const many = Array.from({ length: 12 }, (_, k) => rows[k % 5]!.join(',')).concat('m2,m3,model_a', 'm3,m2,model_a')
    const path = file('beside.csv', ['model_a,model_b,winner', ...many, 'm1,m3,model_b'].join('\n'))
    const [list] = (await rate(path, { anchor: { model: 'm2', rating: 1200 } })).lists
    for (const row of list!.rows) {
      expect(row.underTies!.half).toBeCloseTo(row.rating!, 9)
      expect(Object.values(row.underTies!).every((value) => value !== null)).toBe(true)
      expect(row.pairwise!.best).toBeGreaterThanOrEqual(1)
      expect(row.fromAnchor!.difference).toBeCloseTo(row.rating! - 1200, 9)
    }
    const anchor = list!.rows.find(({ model }) => model === 'm2')!
    expect(anchor.underTies!.drop).toBeCloseTo(1200, 9)
    expect(anchor.fromAnchor).toEqual({ difference: 0, lower: 0, upper: 0 })
    expect(list!.connectivity).toBeGreaterThan(0)
    expect(list!.leastCertain!.error).toBeGreaterThan(0)
    expect(list!.heldOut).toHaveLength(5)
  })

  test('one rater alone gives no bounds by rater, and few give a warning', async () => {
    const withRaters = (raters: number) =>
      csv
        .split('\n')
        .map((line, k) => `${line},${k === 0 ? 'rater' : `r${k % raters}`}`)
        .join('\n')
    const few = await rate(file('few.csv', withRaters(3)), { interval: 'cluster-rater' })
    expect(few.notes).toContain('With 3 raters these bounds are too narrow: 30 are needed.')
    const loneOnM3 = csv
      .split('\n')
      .map((line, k) => `${line},${k === 0 ? 'rater' : line.includes('m3') ? 'r0' : `r${k}`}`)
      .join('\n')
    for (const interval of ['cluster-rater-cr2', 'cluster-rater-cr3'] as const)
      await expect(rate(file('lone.csv', loneOnM3), { interval })).rejects.toThrow(
        'needs votes that join all models without any one rater',
      )
    const alone = file('alone.csv', withRaters(1))
    await expect(rate(alone, { interval: 'cluster-rater' })).rejects.toThrow('needs more than one rater')
  })

  test('a name with a line break or an escape keeps its line of the table', async () => {
    const path = file(
      'breaks.jsonl',
      objects.map((row) => JSON.stringify(row).replaceAll('m3', '\\u001b[2J\\nm3')).join('\n'),
    )
    expect(boardText(await rate(path))).toContain('  \\u001b[2J\\nm3  ')
  })

  test('a bootstrap that too often has no ratings gives way to the sandwich and says so', async () => {
    const board = await rate(file('thin.csv', csv), { interval: 'bootstrap' })
    expect(board.interval).toBe('sandwich')
    expect(board.notes.join()).toMatch(/of 200 bootstrap rounds had no finite ratings/)
  })
})
