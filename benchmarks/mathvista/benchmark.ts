import { z } from 'zod'
import { defineBenchmark, type Example, type Layout, type Prompt } from '../benchmark.ts'
import { hubImage, hubRows } from '../hub.ts'
import { count, eachGroup, mean } from '../metrics.ts'
import { asked, imagesOf, molmoChoice } from '../prompts.ts'
import {
  mathvistaLegacy,
  mathvistaLmmsEval,
  mathvistaMolmo,
  mathvistaVlmevalkit,
  mathvistaWithJudge,
  mathvistaWithoutJudge,
  type MathVistaGold,
} from '../scoring/mathvista/scorers.ts'

const row = z.object({
  pid: z.string(),
  question: z.string(),
  query: z.string(),
  decoded_image: hubImage,
  choices: z.array(z.string()).nullish(),
  precision: z.number().nullish(),
  answer: z.string(),
  question_type: z.enum(['multi_choice', 'free_form']),
  answer_type: z.enum(['text', 'integer', 'float', 'list']),
  metadata: z.object({
    category: z.string(),
    context: z.string(),
    grade: z.string(),
    language: z.string(),
    skills: z.array(z.string()),
    source: z.string(),
    task: z.string(),
  }),
})
type Row = z.infer<typeof row>

/** `AI4Math/MathVista`; `image` is a path there, the picture is `decoded_image`. */
const hub: Layout<Row> = {
  name: 'hub',
  row,
  rows: (files, split) => hubRows(files, split, Object.keys(row.shape)),
}

/** The task tags of choices and of short answers. */
const style = ({ choices }: Example<MathVistaGold>) => (choices ? 'a_okvqa_mc' : 'vqa2')

/** The question without hint and options, under its task tag. */
const molmo: Prompt<MathVistaGold> = (example) => {
  const bare = example.wordings?.bare ?? example.question
  const tag = style(example)
  const text = example.choices ? molmoChoice(tag, bare, example.choices) : `${tag}: ${bare}`
  return [...imagesOf(example), text]
}

export const benchmark = defineBenchmark<Row, MathVistaGold>({
  id: 'mathvista',
  version: 2,
  title: 'MathVista',
  paper: 'arXiv:2310.02255',
  licence: 'CC BY-SA 4.0, not for training',
  style,
  splits: { testmini: { n: 1000, gold: 'public', published: true }, sample: { n: 12, gold: 'public' } },
  layouts: [hub],
  hub: { repo: 'AI4Math/MathVista', revision: null, splits: { testmini: 'testmini' } },
  toExample({ pid, question, query, decoded_image, choices, precision, answer, question_type, answer_type, metadata }) {
    const { category, context, grade, language, skills, source, task } = metadata
    return {
      id: pid,
      parts: [decoded_image, query],
      question: query,
      wordings: { bare: question.split('Question:').at(-1)!.split('Hint:', 1)[0]! },
      ...(choices?.length ? { choices } : {}),
      gold: {
        answer,
        choices: choices?.length ? choices : null,
        questionType: question_type,
        answerType: answer_type,
        precision: precision ?? null,
        // The column holds doubles, which is what breaks the rounding of Molmo's and lmms-eval's copies.
        precisionIsFloat: true,
      },
      tags: [
        `question type: ${question_type}`,
        `answer type: ${answer_type}`,
        `language: ${language}`,
        `category: ${category}`,
        `task: ${task}`,
        `context: ${context}`,
        `grade: ${grade}`,
        `source: ${source}`,
        ...skills.map((skill) => `skill: ${skill}`),
      ],
    }
  },
  prompts: { default: asked(), molmo, vlmevalkit: asked() },
  scorers: {
    official: mathvistaWithJudge,
    no_judge: mathvistaWithoutJudge,
    legacy_2023_int: mathvistaLegacy,
    molmo: mathvistaMolmo,
    vlmevalkit: mathvistaVlmevalkit,
    lmms_eval: mathvistaLmmsEval,
  },
  generation: { maxTokens: 1024, temperature: 0 },
  metrics: [
    mean('accuracy'),
    count('marked by the nearest choice', { tag: 'question type: multi_choice', of: 'nearest choice' }),
    ...['question type', 'answer type', 'language', 'category', 'task', 'context', 'grade', 'skill', 'source'].map(
      eachGroup,
    ),
  ],
})
