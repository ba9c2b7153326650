import { expect, test } from 'vitest'
import { arena } from '../../support/arena.ts'
import { startArena } from '../../support/program.ts'

test('the queue is read and cleared by command', async () => {
  const { ctx, database, asRater, study } = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 3 })
  const { cards } = await asRater.lease(1)
  await asRater.post(`/api/v1/battles/${cards[0]!.battleId}/report`, { reason: 'unsafe', note: 'Do not\nshow this' })
  const [answer] = await ctx.sql<{ id: string }[]>`
    update responses set status = 'held', held_reason = 'names “Ann”' where id = (select id from responses limit 1)
    returning id`
  const [report] = await ctx.sql<{ id: string }[]>`select id from reports`
  const queue = async (...args: string[]) => {
    const program = startArena(['queue', ...args], { DATABASE_URL: database.url, ARENA_DATA: ctx.config.dataDir })
    return { code: await program.ended, output: program.output() }
  }
  const list = await queue('list', study.slug)
  expect(list.output).toMatch(/^Waiting: 1 held, 1 reported\.\n/)
  expect(list.output).toContain(answer!.id)
  expect(list.output).toMatch(new RegExp(`${report!.id} +unsafe .*Do not.*show this`))
  expect(await queue('drop', study.slug, answer!.id)).toEqual({ code: 0, output: '1 answer dropped.\n' })
  expect((await queue('list', study.slug, '--dropped')).output).toContain(answer!.id)
  expect(await queue('hold', study.slug, answer!.id)).toEqual({ code: 0, output: '1 answer held again.\n' })
  expect(await queue('release', study.slug, '--all', '--reason', 'another')).toMatchObject({
    output: '0 answers released.\n',
  })
  expect(await queue('release', study.slug, '--all')).toMatchObject({ output: '1 answer released.\n' })
  await asRater.cast(cards[0]!, 'model_a')
  const asked = await queue('decide', report!.id, '--outcome', 'query', '--leave-out', 'query')
  expect(asked).toMatchObject({
    code: 2,
    output: expect.stringMatching(/^1 vote would count no more; 0 votes stay\./) as string,
  })
  expect(asked.output).toContain('Nothing was changed. Say --yes to decide so.')
  expect((await queue('decide', report!.id, '--outcome', 'query', '--leave-out', 'answer')).output).toBe(
    'arena: --leave-out answer: Votes on an answer are left out where that answer is held: decide answer_a or answer_b.\n',
  )
  expect(await queue('decide', report!.id, '--outcome', 'query')).toMatchObject({ output: 'Closed.\n' })
  const done = await queue('decide', report!.id, '--outcome', 'query', '--leave-out', 'query', '--yes')
  expect(done.output).toMatch(/Closed\.\n$/)
  expect(await ctx.sql`select sum(votes)::int as votes, sum(reported)::int as reported from pair_counts`).toEqual([
    { votes: 0, reported: 1 },
  ])
  expect(await queue('list', study.slug)).toMatchObject({ output: 'Waiting: 0 held, 0 reported.\n' })
  expect(await queue('release', study.slug)).toEqual({
    code: 2,
    output: 'arena: Name answers by their ids, or give --all.\n',
  })
  expect((await queue('release', study.slug, 'x')).output).toMatch(/^arena: 'x' is no id: npx arena queue list STUDY/)
})
