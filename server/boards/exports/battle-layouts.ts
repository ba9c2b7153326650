import type { ParquetType } from '#server/formats/parquet.ts'
import type { PublishedVote, Spoken } from '#server/snapshots/covered-votes.ts'

type SpokenVote = PublishedVote & Spoken

/** One list of battles as the public arenas publish them, one on each line. Their readers take an unknown winner for a tie: `unsure` is left out. */
export async function* battleList(batches: AsyncIterable<SpokenVote[]>): AsyncGenerator<string> {
  let lead = '[\n'
  for await (const rows of batches) {
    const lines = rows.filter(({ winner }) => winner !== 'unsure').map((row) => JSON.stringify(toBattle(row)))
    if (lines.length === 0) continue
    yield lead + lines.join(',\n')
    lead = ',\n'
  }
  yield lead === '[\n' ? '[]\n' : '\n]\n'
}

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' })

function toBattle(vote: SpokenVote) {
  const { question, answerA, answerB } = vote
  const conversation = (answer: string) => [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ]
  return {
    question_id: vote.item,
    model_a: vote.model_a,
    model_b: vote.model_b,
    winner: vote.winner === 'both_bad' ? 'tie (bothbad)' : vote.winner,
    judge: vote.rater,
    conversation_a: conversation(answerA),
    conversation_b: conversation(answerB),
    turn: 1,
    anony: true,
    language: languages.of(vote.language),
    tstamp: Date.parse(vote.cast_hour) / 1000,
    category: vote.category,
  }
}

const content: ParquetType = {
  list: { struct: { type: 'string', text: 'string', image: 'string', mimeType: 'string' } },
}
const turn: ParquetType = { struct: { role: 'string', content } }

/** The columns of the public set arena-human-preference-140k that a vote has here, then three of our own. */
export const arenaColumns: Record<string, ParquetType> = {
  id: 'string',
  model_a: 'string',
  model_b: 'string',
  winner: 'string',
  evaluation_session_id: 'string',
  evaluation_order: 'int32',
  conversation_a: { list: turn },
  conversation_b: { list: turn },
  full_conversation: { list: { struct: { user: turn, model_side_a: turn, model_side_b: turn } } },
  conv_metadata: { struct: { turns: 'int32' } },
  category_tag: { struct: { category: 'string' } },
  language: 'string',
  is_code: 'boolean',
  timestamp: 'string',
  question_id: 'string',
  judge: 'string',
  image_sha256: 'string',
}

/** Votes as rows of that set, without those that say `unsure`; a rater's votes are one session, numbered as they came. */
export async function* arenaRows(batches: AsyncIterable<SpokenVote[]>): AsyncGenerator<Record<string, unknown>[]> {
  const orders = new Map<string, number>()
  for await (const rows of batches) {
    yield rows
      .filter(({ winner }) => winner !== 'unsure')
      .map((vote) => {
        const order = (orders.get(vote.rater) ?? 0) + 1
        orders.set(vote.rater, order)
        return toArenaRow(vote, order)
      })
  }
}

function toArenaRow(vote: SpokenVote, order: number): Record<string, unknown> {
  const user = said('user', [text(vote.question), { type: 'image', text: null, image: vote.image, mimeType: null }])
  const [sideA, sideB] = [vote.answerA, vote.answerB].map((answer) => said('assistant', [text(answer)]))
  return {
    id: `${vote.rater}-${order}`,
    model_a: vote.model_a,
    model_b: vote.model_b,
    winner: vote.winner,
    evaluation_session_id: vote.rater,
    evaluation_order: order,
    conversation_a: [user, sideA],
    conversation_b: [user, sideB],
    full_conversation: [{ user, model_side_a: sideA, model_side_b: sideB }],
    conv_metadata: { turns: 1 },
    category_tag: { category: vote.category },
    language: vote.language,
    is_code: null,
    timestamp: vote.cast_hour,
    question_id: vote.item,
    judge: vote.rater,
    image_sha256: vote.image,
  }
}

const said = (role: string, content: object[]) => ({ role, content })
const text = (words: string) => ({ type: 'text', text: words, image: null, mimeType: null })

/** Wins as pairs to train on preferences: ties of both kinds, `unsure`, and wins between equal texts are left out. */
export async function* preferencePairs(batches: AsyncIterable<SpokenVote[]>): AsyncGenerator<object[]> {
  for await (const rows of batches) yield rows.flatMap(toPair)
}

function toPair(vote: SpokenVote): object[] {
  const { winner, answerA, answerB } = vote
  if ((winner !== 'model_a' && winner !== 'model_b') || answerA === answerB) return []
  const aWon = winner === 'model_a'
  return [
    {
      prompt: vote.question,
      image_sha256: vote.image,
      chosen: aWon ? answerA : answerB,
      rejected: aWon ? answerB : answerA,
      chosen_model: aWon ? vote.model_a : vote.model_b,
      rejected_model: aWon ? vote.model_b : vote.model_a,
      strength: vote.strength,
      reasons: vote.reasons,
      question_id: vote.item,
      category: vote.category,
      language: vote.language,
      judge: vote.rater,
    },
  ]
}
