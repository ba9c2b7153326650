import { slugOf } from '../models/service.ts'
import type { Openness } from '../models/schema.ts'
import { pearson, spearman } from '../ratings/evidence/correlation.ts'
import type { ReferenceBoard, ReferenceRow } from './schema.ts'

/** The columns of the table, in its order: our id, its heading, the split whose scores it prints. */
const columns = [
  ['ai2d', 'AI2D', 'test'],
  ['chartqa', 'ChartQA', 'test'],
  ['vqa_v2', 'VQA v2', 'testdev'],
  ['docvqa', 'DocVQA', 'test'],
  ['infographicvqa', 'InfoQA', 'test'],
  ['textvqa', 'TextVQA', 'val'],
  ['realworldqa', 'RealWorldQA', 'test'],
  ['mmmu', 'MMMU', 'val'],
  ['mathvista', 'MathVista', 'testmini'],
  ['countbenchqa', 'CountBenchQA', 'test'],
  ['pixmo_count', 'PixMo-Count', 'test'],
] as const

type Line = [name: string, percentages: number[], average: number, elo: number, rank: number]

/**
 * Every cell as Table 1 of arXiv:2409.17146, version 2, prints it: eleven percentages, their average, Elo and its rank.
 * The groups and the order of their rows are the paper's. Equal Elos have different ranks, which come from unrounded ones.
 */
// prettier-ignore
const printed: Record<Openness, Line[]> = {
  api_only: [
    ['GPT-4V',                 [89.4, 78.1, 77.2, 87.2, 75.1, 78.0, 61.4, 63.1, 58.1, 69.9, 45.0], 71.1, 1041, 10],
    ['GPT-4o-0513',            [94.2, 85.7, 78.7, 92.8, 79.2, 77.4, 75.4, 69.1, 63.8, 87.9, 59.6], 78.5, 1079,  1],
    ['Gemini 1.5 Flash',       [91.7, 85.4, 80.1, 89.9, 75.3, 78.7, 67.5, 56.1, 58.4, 81.6, 61.1], 75.1, 1054,  7],
    ['Gemini 1.5 Pro',         [94.4, 87.2, 80.2, 93.1, 81.0, 78.7, 70.4, 62.2, 63.9, 85.8, 64.3], 78.3, 1074,  3],
    ['Claude-3 Haiku',         [86.7, 81.7, 68.4, 88.8, 56.1, 67.3, 45.5, 50.2, 46.4, 83.0, 43.9], 65.3,  999, 18],
    ['Claude-3 Opus',          [88.1, 80.8, 66.3, 89.3, 55.6, 67.5, 49.8, 59.4, 50.5, 83.6, 43.3], 66.7,  971, 21],
    ['Claude-3.5 Sonnet',      [94.7, 90.8, 70.7, 95.2, 74.3, 74.1, 60.1, 68.3, 67.7, 89.7, 58.3], 76.7, 1069,  4],
  ],
  open_weights: [
    ['PaliGemma-mix-3B',       [72.3, 33.7, 76.3, 31.3, 21.4, 56.0, 55.2, 34.9, 28.7, 80.6, 60.0], 50.0,  937, 27],
    ['Phi3.5-Vision-4B',       [78.1, 81.8, 75.7, 69.3, 36.6, 72.0, 53.6, 43.0, 43.9, 64.6, 38.3], 59.7,  982, 19],
    ['Qwen2-VL-7B',            [83.0, 83.0, 82.9, 94.5, 76.5, 84.3, 70.1, 54.1, 58.2, 76.5, 48.0], 73.7, 1025, 14],
    ['Qwen2-VL-72B',           [88.1, 88.3, 81.9, 96.5, 84.5, 85.5, 77.8, 64.5, 70.5, 80.4, 55.7], 79.4, 1037, 12],
    ['InternVL2-8B',           [83.8, 83.3, 76.7, 91.6, 74.8, 77.4, 64.2, 51.2, 58.3, 57.8, 43.9], 69.4,  953, 23],
    ['InternVL2-Llama-3-76B',  [87.6, 88.4, 85.6, 94.1, 82.0, 84.4, 72.7, 58.2, 65.5, 74.7, 54.6], 77.1, 1018, 16],
    ['Pixtral-12B',            [79.0, 81.8, 80.2, 90.7, 50.8, 75.7, 65.4, 52.5, 58.0, 78.8, 51.7], 69.5, 1016, 17],
    ['Llama-3.2V-11B-Instruct',[91.1, 83.4, 75.2, 88.4, 63.6, 79.7, 64.1, 50.7, 51.5, 73.1, 47.4], 69.8, 1040, 11],
    ['Llama-3.2V-90B-Instruct',[92.3, 85.5, 78.1, 90.1, 67.2, 82.3, 69.8, 60.3, 57.3, 78.5, 58.5], 74.5, 1063,  5],
  ],
  open_distilled: [
    ['LLaVA-1.5-7B',           [55.5, 17.8, 78.5, 28.1, 25.8, 58.2, 54.8, 35.7, 25.6, 40.1, 27.6], 40.7,  951, 26],
    ['LLaVA-1.5-13B',          [61.1, 18.2, 80.0, 30.3, 29.4, 61.3, 55.3, 37.0, 27.7, 47.1, 35.2], 43.9,  960, 22],
    ['xGen-MM-interleave-4B',  [74.2, 60.0, 81.5, 61.4, 31.5, 71.0, 61.2, 41.1, 40.5, 81.9, 50.2], 59.5,  979, 20],
    ['Cambrian-1-8B',          [73.0, 73.3, 81.2, 77.8, 41.6, 71.7, 64.2, 42.7, 49.0, 76.4, 46.6], 63.4,  952, 25],
    ['Cambrian-1-34B',         [79.7, 75.6, 83.8, 75.5, 46.0, 76.7, 67.8, 49.7, 53.2, 75.6, 50.7], 66.8,  953, 24],
    ['LLaVA OneVision-7B',     [81.4, 80.0, 84.0, 87.5, 68.8, 78.3, 66.3, 48.8, 63.2, 78.8, 54.4], 72.0, 1024, 15],
    ['LLaVA OneVision-72B',    [85.6, 83.7, 85.2, 91.3, 74.9, 80.5, 71.9, 56.8, 67.5, 84.3, 60.7], 76.6, 1051,  8],
  ],
  open: [
    ['MolmoE-1B',              [86.4, 78.0, 83.9, 77.7, 53.9, 78.8, 60.4, 34.9, 34.0, 87.2, 79.6], 68.6, 1032, 13],
    ['Molmo-7B-O',             [90.7, 80.4, 85.3, 90.8, 70.0, 80.4, 67.5, 39.3, 44.5, 89.0, 83.3], 74.6, 1051,  9],
    ['Molmo-7B-D',             [93.2, 84.1, 85.6, 92.2, 72.6, 81.7, 70.7, 45.3, 51.6, 88.5, 84.8], 77.3, 1056,  6],
    ['Molmo-72B',              [96.3, 87.3, 86.5, 93.5, 81.9, 83.1, 75.2, 54.1, 58.6, 91.2, 85.2], 81.2, 1077,  2],
  ],
}

/** Table 1 of the Molmo and PixMo paper, whole and untouched: nothing in it was computed here but the two correlations. */
export const paperTable: ReferenceBoard = {
  id: 'molmo-paper',
  title: 'Molmo and PixMo, Table 1',
  source: {
    paper: 'arXiv:2409.17146',
    version: 2,
    table: 'Table 1',
    citation:
      'Deitke et al. 2024, Molmo and PixMo: Open Weights and Open Data for State-of-the-Art Vision-Language Models',
  },
  notes: [
    'The paper prints no intervals, so none are shown.',
    'Scores of models that are not Molmo are their authors’ own where published, else from technical reports or the ' +
      'OpenVLM leaderboard, else run by the Molmo team: prompts and scorers differ within a column, by up to about 10 points.',
    'Elo is a Bradley–Terry fit to more than 325,000 votes of about 870 people on 15,000 queries.',
    'Averages are of unrounded scores: Molmo-7B-O prints 74.6, its printed cells give 74.65.',
  ],
  benchmarks: columns.map(([id, title, split]) => ({ id, title, split })),
  rows: Object.entries(printed).flatMap(([openness, lines]) => lines.map((line) => rowOf(openness as Openness, line))),
  correlation: correlationOf(Object.values(printed).flat()),
}

function rowOf(openness: Openness, [name, percentages, average, elo, rank]: Line): ReferenceRow {
  const scores = Object.fromEntries(columns.map(([id], index) => [id, percentages[index]! / 100]))
  return { slug: slugOf(name), name, openness, scores, average: average / 100, elo, rank }
}

function correlationOf(lines: Line[]): ReferenceBoard['correlation'] {
  const averages = lines.map(([, , average]) => average)
  const elos = lines.map(([, , , elo]) => elo)
  return { pearson: pearson(averages, elos), spearman: spearman(averages, elos) }
}
