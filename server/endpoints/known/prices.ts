import type { Price } from '../schema.ts'

/** What a model's maker asks for it, and its limits, as they stood on a day. */
interface KnownModel {
  /** How its endpoint's name for it begins, without the folder before it. */
  name: string
  title: string
  price: Price
  /** In tokens. */
  limits: { context: number; answer: number }
  /** In the paper's table. */
  paper: boolean
}

const list2024 = 'price list of the maker as of October 2024'
const list2026 = 'LiteLLM model_prices_and_context_window.json, 24 July 2026'

const model = (
  name: string,
  title: string,
  [into, out, cached]: [into: number, out: number, cached: number | null],
  [context, answer]: [context: number, answer: number],
  { source, paper }: { source: string; paper: boolean },
): KnownModel => ({ name, title, price: { in: into, out, cached, source }, limits: { context, answer }, paper })

const inPaper = { source: list2024, paper: true }
const later = { source: list2026, paper: false }

/**
 * The API models of the paper's table, and those that teams ask today: US dollars for a million tokens in, out and read
 * from a cache; most tokens of a request and of an answer. What an endpoint is registered with begins here and can be
 * changed there.
 */
const knownModels: readonly KnownModel[] = [
  model('gpt-4-1106-vision', 'GPT-4V', [10, 30, null], [128_000, 4_096], inPaper),
  model('gpt-4-vision', 'GPT-4V', [10, 30, null], [128_000, 4_096], inPaper),
  model('gpt-4-turbo', 'GPT-4V (GPT-4 Turbo)', [10, 30, null], [128_000, 4_096], { source: list2026, paper: true }),
  model('gpt-4o-2024-05-13', 'GPT-4o-0513', [5, 15, null], [128_000, 4_096], { source: list2026, paper: true }),
  model('gemini-1.5-flash', 'Gemini 1.5 Flash', [0.075, 0.3, 0.01875], [1_048_576, 8_192], inPaper),
  model('gemini-1.5-pro', 'Gemini 1.5 Pro', [1.25, 5, 0.3125], [2_097_152, 8_192], inPaper),
  model('claude-3-haiku', 'Claude-3 Haiku', [0.25, 1.25, 0.03], [200_000, 4_096], { source: list2026, paper: true }),
  model('claude-3-opus', 'Claude-3 Opus', [15, 75, 1.5], [200_000, 4_096], { source: list2026, paper: true }),
  model('claude-3-5-sonnet', 'Claude-3.5 Sonnet', [3, 15, 0.3], [200_000, 8_192], inPaper),
  model('gpt-4o', 'GPT-4o', [2.5, 10, 1.25], [128_000, 16_384], later),
  model('gpt-4o-mini', 'GPT-4o mini', [0.15, 0.6, 0.075], [128_000, 16_384], later),
  model('gpt-4.1', 'GPT-4.1', [2, 8, 0.5], [1_047_576, 32_768], later),
  model('gpt-5', 'GPT-5', [1.25, 10, 0.125], [272_000, 128_000], later),
  model('gpt-5-nano', 'GPT-5 nano', [0.05, 0.4, 0.005], [272_000, 128_000], later),
  model('gpt-5.2', 'GPT-5.2', [1.75, 14, 0.175], [272_000, 128_000], later),
  model('gpt-5-mini', 'GPT-5 mini', [0.25, 2, 0.025], [272_000, 128_000], later),
  model('o3', 'o3', [2, 8, 0.5], [200_000, 100_000], later),
  model('o4-mini', 'o4-mini', [1.1, 4.4, 0.275], [200_000, 100_000], later),
  model('gemini-2.5-pro', 'Gemini 2.5 Pro', [1.25, 10, 0.125], [1_048_576, 65_535], later),
  model('gemini-2.5-flash', 'Gemini 2.5 Flash', [0.3, 2.5, 0.03], [1_048_576, 65_535], later),
  model('claude-sonnet-4-5', 'Claude Sonnet 4.5', [3, 15, 0.3], [200_000, 64_000], later),
  model('claude-haiku-4-5', 'Claude Haiku 4.5', [1, 5, 0.1], [200_000, 64_000], later),
  model('claude-sonnet-4-6', 'Claude Sonnet 4.6', [3, 15, 0.3], [1_000_000, 64_000], later),
  model('claude-opus-4-6', 'Claude Opus 4.6', [5, 25, 0.5], [1_000_000, 128_000], later),
  model('claude-opus-4-5', 'Claude Opus 4.5', [5, 25, 0.5], [200_000, 64_000], later),
]

/** What may follow a name without making it another model's: a date, a number of three digits, or a word for the newest. */
const version = /^([-@]?\d{3}|[-@:]?(latest|preview|exp)\b|$)/

/** What is known of a model by its endpoint's name for it, with or without a maker's folder and a version. */
export function knownModel(remoteModel: string): KnownModel | undefined {
  const wanted = remoteModel.toLowerCase().split('/').at(-1)!
  const fits = knownModels.filter(({ name }) => wanted.startsWith(name) && version.test(wanted.slice(name.length)))
  return fits.toSorted((a, b) => b.name.length - a.name.length)[0]
}
