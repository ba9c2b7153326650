import { completion, read, says, type Behaviour } from './behaviour.ts'

const thought = 'I see 999 and 111.'
const separated = { class: 'scored thought', words: /thinking separated in 1 of 1 replies/ }
const cut = { class: 'unparsed cut thought', score: 0, words: /1 cut off at the token limit of 1 answers \(100\.0 %\)/ }

const field = (name: string, message: (gold: string) => object) =>
  read(`thoughts in ${name}`, (gold) => completion(message(gold)), separated)
const tagged = (text: (gold: string) => string, expected: object = separated) =>
  read(`thoughts as in ${text('…').replaceAll('\n', ' ')}`, (gold) => says(text(gold)), expected)
const untouched = (text: (gold: string) => string) =>
  read(`text as in ${text('…').replaceAll('\n', ' ')}`, (gold) => says(text(gold)), { class: 'scored', score: 0 })

/** Thinking models: the answer is what is scored, and a thought that was cut is said to be. */
export const thinking: Behaviour[] = [
  field('reasoning', (gold) => ({ content: gold, reasoning: thought })),
  field('reasoning_content', (gold) => ({ content: gold, reasoning_content: thought })),
  field('reasoning_details', (gold) => ({ content: gold, reasoning_details: [{ type: 'x', text: thought }] })),
  field('a part of kind reasoning', (gold) => ({ content: [{ type: 'reasoning', text: thought }, { text: gold }] })),
  field('a part of kind thinking', (gold) => ({ content: [{ type: 'thinking', thinking: thought }, { text: gold }] })),
  field('parts within a part', (gold) => ({
    content: [{ type: 'thinking', thinking: [{ type: 'text', text: thought }] }, gold],
  })),
  tagged((gold) => `<think>${thought}</think>${gold}`),
  tagged((gold) => `<think>\n${thought}\n</think>\n\n${gold}\n`),
  tagged((gold) => `<thinking>${thought}</thinking>${gold}`),
  tagged((gold) => `<thought>${thought}</thought>${gold}`),
  tagged((gold) => `<|begin_of_thought|>${thought}<|end_of_thought|>${gold}`),
  tagged((gold) => `<|begin_of_thought|>${thought}<|end_of_thought|><|begin_of_solution|>${gold}<|end_of_solution|>`),
  tagged((gold) => `[THINK]${thought}[/THINK]${gold}`),
  tagged((gold) => `◁think▷${thought}◁/think▷${gold}`),
  tagged((gold) => `${thought}</think>${gold}`),
  tagged((gold) => `${thought}\n</think>\n\n${gold}`),
  tagged((gold) => `<think>a</think><think>b</think>${gold}`),
  tagged((gold) => `<think>The end is \`</think>\`, I think.</think>${gold}`),
  tagged((gold) => `<think>\n\n</think>\n\n${gold}`, { class: 'scored' }),
  tagged((gold) => `<|channel>thought\n${thought}\n<channel|>${gold}`),
  tagged((gold) => `<think>${thought}</think>\n<answer>\n${gold}\n</answer>`),
  tagged((gold) => `<think>${thought}</think><answer>${gold}`),
  tagged((gold) => `<think>\n${thought}\n</think>\n\n<response>\n${gold}\n</response>\n`),
  tagged((gold) => `<think>${thought}</think>\n<|begin_of_box|>${gold}<|end_of_box|>`),
  tagged((gold) => `<|begin_of_box|>${gold}<|end_of_box|>`, { class: 'scored' }),
  tagged((gold) => `${gold}<|im_end|>`, { class: 'scored' }),
  tagged((gold) => `${gold}</s>\n`, { class: 'scored' }),
  field('a field, and marks around the answer', (gold) => ({
    reasoning_content: thought,
    content: `<answer>${gold}</answer>`,
  })),
  untouched((gold) => `The <think> tag opens a thought, and I say ${gold}`),
  untouched((gold) => `A </think> tag ends it, and I say ${gold}`),
  untouched((gold) => `<answer>${gold}</answer>`),
  untouched((gold) => `<s>${gold}</s>`),
  untouched((gold) => `\`<think>${gold}</think>\` is what I say`),
  untouched((gold) => `\`\`\`\n</think>\n\`\`\`\n${gold}`),
  {
    ...read('tags of the endpoint’s own', (gold) => says(`<plan>${thought}</plan>${gold}`), separated),
    thinkingTags: ['usual', '<plan> </plan>'],
  },
  {
    ...read('tags that the endpoint switched off', (gold) => says(`<think>a</think>${gold}`), { score: 0 }),
    thinkingTags: [],
  },
  read('a thought that is cut', () => says(`<think>${thought}`, { finish_reason: 'length' }), cut),
  read('a thought that is cut, without a word of it', () => says(`<think>${thought}`), cut),
  read(
    'a thought of its own field that is cut',
    () => completion({ content: null, reasoning_content: thought }, { finish_reason: 'length' }),
    cut,
  ),
  read('an answer that is cut, in Gemini’s words', () => says('I think', { finish_reason: 'MAX_TOKENS' }), {
    class: 'scored cut',
    score: 0,
  }),
  read('an answer that is cut', (gold) => says(gold, { finish_reason: 'length' }), {
    class: 'scored cut',
    words: /1 cut off at the token limit of 1 answers/,
  }),
]
