import type { Sql } from '#server/core/postgres/database.ts'

/**
 * What must hold of calls and runs at any moment, as queries that return what breaks it. Re-scoring from stored
 * replies (I5) is the scorers' own test: here only that a score that is stored lies where scores lie.
 */
const invariants: Record<string, (sql: Sql) => PromiseLike<readonly object[]>> = {
  'I1: planned = answered + error + pending + active + skipped, and a finished plan has nothing left': (sql) => sql`
    select p.id, p.calls, count(c.id) from plans p left join calls c on c.plan_id = p.id group by p.id
    having p.calls <> count(c.id)
      or (p.state = 'finished' and count(*) filter (where c.state in ('pending', 'active')) > 0)`,
  'I2: one reply per answered call, one outcome per answered prediction': (sql) => sql`
    select c.id, c.state, r.call_id from calls c full join replies r on r.call_id = c.id
    where (c.state = 'answered') <> (r.call_id is not null)
    union all
    select c.id, c.state, c.id from predictions p join calls c on c.id = p.call_id
    where p.outcome is not null and c.state <> 'answered'`,
  'I3: a reply has the hash of its body, an error the attempt that ended in it': (sql) => sql`
    select c.id, c.state from calls c left join replies r on r.call_id = c.id
    where (c.state = 'answered' and encode(sha256(convert_to(r.body, 'UTF8')), 'hex') <> r.sha256)
      or (c.state = 'answered' and not exists (select 1 from attempts a where a.call_id = c.id and a.error_class is null)
        and not exists (select 1 from predictions p where p.call_id = c.id and p.reused_from is not null))
      or (c.state = 'error' and not exists (
        select 1 from attempts a where a.call_id = c.id and a.number = c.attempts and a.error_class = c.error_class))`,
  'I4: a run asks the endpoint and the calls of its own plan, and its judge those of the plan that is its own': (
    sql,
  ) => sql`
    select r.id from runs r join plans p on p.id = r.plan_id where p.endpoint_id <> r.endpoint_id
    union all
    select p.run_id from predictions p join runs r on r.id = p.run_id join calls c on c.id = p.call_id
    where c.plan_id <> r.plan_id or c.key <> p.example_id
    union all
    select p.run_id from predictions p join runs r on r.id = p.run_id join calls c on c.id = p.judge_call_id
    where c.plan_id <> r.judge_plan_id or c.key <> p.example_id or p.judge_prompt is null`,
  'what a judge read has its reply, and names it': (sql) => sql`
    select p.run_id, p.example_id from predictions p left join calls c on c.id = p.judge_call_id
    where (p.judge is not null and c.state is distinct from 'answered') or (p.outcome is not null and c.state <> 'answered')`,
  'a reused reply is byte by byte one of the run that it names, to the same prompt': (sql) => sql`
    select p.run_id, p.example_id from predictions p join replies r on r.call_id = p.call_id
    where p.reused_from is not null and not exists (
      select 1 from predictions q join replies s on s.call_id = q.call_id
      where q.run_id = p.reused_from and q.example_id = p.example_id and q.prompt = p.prompt and s.sha256 = r.sha256)`,
  'I5: a stored score lies in [0, 1], and only what was marked has one': (sql) => sql`
    select run_id, example_id, outcome, score from predictions
    where score not between 0 and 1 or (score is not null and outcome is null)
      or (outcome in ('scored', 'unparsed', 'refused') and score is null)`,
  'I6: every attempt is there, under its number, and at most one brought the reply': (sql) => sql`
    select c.id, c.attempts, count(a.number) from calls c left join attempts a on a.call_id = c.id
    group by c.id
    having c.attempts <> count(a.number) or c.attempts <> count(distinct a.number)
      or count(a.number) filter (where a.error_class is null) > 1`,
  'I7: no error text stands in a reply': (sql) => sql`
    select r.call_id, r.response from replies r join attempts a on a.call_id = r.call_id
    where a.message = r.response or r.body not like '{%'`,
  'a claim belongs to an active call and to no other': (sql) => sql`
    select id, state, claimed_by from calls where (state = 'active') <> (claimed_by is not null)`,
}

/** Throws with the first rows that break an invariant of calls and runs. */
export async function checkInvariants(sql: Sql): Promise<void> {
  for (const [name, find] of Object.entries(invariants)) {
    const broken = await find(sql)
    if (broken.length > 0) throw new Error(`${name}: broken by ${broken.length}, such as ${JSON.stringify(broken[0])}`)
  }
}
