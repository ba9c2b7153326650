import { z } from 'zod'
import { defineBenchmark, type Example, type Layout } from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { mean } from '../metrics.ts'
import { asked, imagesOf } from '../prompts.ts'
import { realWorldQa, realWorldQaLmmsEval, realWorldQaMolmo, type RealWorldGold } from '../scoring/realworldqa.ts'

const row = z.object({ image: hubImage, question: z.string(), answer: z.string() })
type Row = z.infer<typeof row>

/** `xai-org/RealworldQA`. */
const hub: Layout<Row> = {
  name: 'hub',
  row,
  rows: (files, split) => hubRows(files, split, Object.keys(row.shape)),
}

/** The sentence that every multiple-choice question ends with; nothing else in the data says what a question is. */
const letterWanted = 'Please answer directly with only the letter of the correct option and nothing else.'

const isChoice = ({ tags }: Example<RealWorldGold>) => tags.includes('multiple choice')

export const benchmark = defineBenchmark<Row, RealWorldGold>({
  id: 'realworldqa',
  version: 1,
  title: 'RealWorldQA',
  paper: 'https://x.ai/news/grok-1.5v',
  licence: 'CC BY-ND 4.0',
  style: (example) => (isChoice(example) ? 'a_okvqa_mc' : 'vqa2'),
  splits: { test: { n: 765, gold: 'public', published: true }, sample: { n: 12, gold: 'public' } },
  layouts: [hub],
  hub: { repo: 'xai-org/RealworldQA', revision: null, splits: { test: 'test' } },
  toExample({ image, question, answer }, index) {
    const kind = question.includes(letterWanted) ? 'multiple_choice' : 'short_answer'
    return {
      id: String(index),
      parts: [image, question],
      question,
      gold: { kind, answer },
      tags: [kind === 'multiple_choice' ? 'multiple choice' : 'short answer'],
    }
  },
  prompts: {
    default: asked(),
    molmo: (example) => [
      ...imagesOf(example),
      isChoice(example) ? `a_okvqa_mc: ${example.question}` : `vqa2: ${example.question.split('\n', 1)[0]}`,
    ],
    lmms_eval: asked(),
  },
  scorers: { official: realWorldQa, molmo: realWorldQaMolmo, lmms_eval: realWorldQaLmmsEval },
  generation: { maxTokens: 32, temperature: 0 },
  metrics: [
    mean('accuracy'),
    mean('multiple choice', { tag: 'multiple choice' }),
    mean('short answer', { tag: 'short answer' }),
  ],
})
