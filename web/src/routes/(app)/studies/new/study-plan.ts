import type { Endpoint } from '#server/endpoints/schema.ts'
import { counted, dollars, integer } from '#lib/format.ts'

/** A picture and its question, as a maker of models counts them at most, and the longest answer that a study asks for. */
const tokensOfQuestion = 1_700
const tokensOfAnswer = 768

/** How many votes a study needs in all, in a sentence. */
export function votesInWords(models: number, quota: number, goal: number): string {
  if (models < 2) return 'It opens with two models or more; answers made elsewhere can be imported into a draft.'
  const pairs = (models * (models - 1)) / 2
  const votes = pairs * quota
  const sittings = goal > 0 ? `, ${counted(Math.ceil(votes / goal), 'sitting')} of ${integer(goal)}` : ''
  return `${counted(models, 'model')} make ${counted(pairs, 'pair')}: ${counted(votes, 'vote')} in all${sittings}.`
}

/** What the answers cost at most, in a sentence, as far as prices are known. */
export function costInWords(chosen: Pick<Endpoint, 'name' | 'builtIn' | 'price'>[], queries: number): string {
  const answers = counted(chosen.length * queries, 'answer')
  const asked = chosen.filter(({ builtIn }) => !builtIn)
  if (asked.length === 0) return `${answers} are asked for; built-in models cost nothing.`
  const unknown = asked.filter(({ price }) => price === null).map(({ name }) => name)
  const cost = asked.reduce((sum, { price }) => sum + (price ? costOfOne(price) * queries : 0), 0)
  const known = unknown.length === asked.length ? '' : ` at most about ${dollars(cost)}`
  const rest = unknown.length === 0 ? '' : ` No price is known of ${unknown.join(', ')}.`
  return known ? `${answers} are asked for, which costs${known}.${rest}` : `${answers} are asked for.${rest}`
}

const costOfOne = (price: NonNullable<Endpoint['price']>) =>
  (tokensOfQuestion * price.in + tokensOfAnswer * price.out) / 1_000_000
