import { createHash } from 'node:crypto'
import type { Context } from '#server/core/context.ts'

interface FilledPrediction {
  id: string
  score: number | null
  picture?: string
  prompt?: string
  tags?: string[]
  answer?: string | null
}

/** Gives a run written by `writeRun` its predictions, as scoring would have left them, in this order. */
export async function fillRun({ sql }: Context, run: number, filled: FilledPrediction[]): Promise<void> {
  const rows = filled.map(
    ({ id, score, picture = id, prompt = 'What is it?', tags = [], answer = 'yes' }, position) => ({
      ...{ id, score, tags, answer, position },
      prompt: [{ imageSha256: createHash('sha256').update(picture).digest('hex') }, { text: prompt }],
    }),
  )
  await sql`
    with filled as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as t(id text, score double precision, tags jsonb, answer text, position int, prompt jsonb)
    ), asked as (
      insert into calls (plan_id, position, key, state)
      select r.plan_id, f.position, f.id, 'answered' from filled f, runs r where r.id = ${run} returning id, key
    )
    insert into predictions (run_id, example_id, position, call_id, question, tags, gold, prompt, outcome, answer, score)
    select ${run}, f.id, f.position, a.id, 'Is it so?', f.tags, '["yes"]', f.prompt,
      case when f.score is null then null else 'scored'::outcome end, f.answer, f.score
    from filled f join asked a on a.key = f.id`
}
