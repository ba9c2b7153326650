/** What a prompt asks for; decides which part of what was seen becomes the answer. */
type QuestionKind =
  'choice' | 'point' | 'count' | 'yes-no' | 'colour' | 'number' | 'text' | 'describe' | 'create' | 'open'

/** A prompt taken apart. */
export interface Question {
  /** The question alone: no task tag, no instruction on how to answer, no choices. */
  ask: string
  kind: QuestionKind
  /** Only the short answer is wanted. */
  brief: boolean
  /** `letter` is null where the choices carry none and the answer is the choice itself. */
  choices: { letter: string | null; text: string }[]
  format: 'prose' | 'list' | 'numbered' | 'table' | 'json'
  /** Upper limits that the prompt states; null where it states none. */
  maxItems: number | null
  maxSentences: number | null
  maxWords: number | null
  /** The words that carry meaning, in lower case. */
  terms: string[]
  /** What is to be counted or pointed at: "red cars". */
  subject: string
}

const briefTags =
  'vqa2|chart_qa|doc_qa|info_qa|text_vqa|ai2_diagram|ai2_diagram_no_letter|a_okvqa_mc|science_qa|tabwmp_da'
const tag = new RegExp(`^\\s*(?:User:\\s*)?(?:(${briefTags})|(point_count)|(pointing|point_qa))\\s*:\\s*`)

const briefInstruction =
  /single (word|number|phrase|letter|integer)|one word|word or phrase|a number directly|option'?s? letter|answer directly|only the (letter|number|answer|option)|just the (letter|number|answer)|yes or no only|requiring an? (integer|floating)|correct option letter|select the correct answer/i

const instructionLine =
  /^\s*(please\s+)?((answer|respond|reply|select)\b.*(word|phrase|letter|number|directly|integer|options?|above)|hint:|choices:|options:|note that:)/i

const stopWords = new Set(
  `a an the is are was were be been of in on at to for from by with and or as it its this that these those there here do
   does did has have had how many much what which who whom whose when where why can could would should will i you we they
   he she me my your our their please answer question using single word phrase image picture photo photograph chart graph
   figure diagram shown show shows see seen give tell name list write out find all any each every than then so if not no yes
   about into between among value values number amount total`.split(/\s+/),
)

const numberWords = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** Takes a prompt apart into the question, its kind, its choices and the shape the answer should have. */
export function readQuestion(prompt: string): Question {
  const tagged = tag.exec(prompt)
  const untagged = prompt.slice(tagged?.[0].length ?? 0).replace(/^[ \t]*question:\s*/im, '')
  const { choices, rest } = takeChoices(untagged, tagged?.[1] === 'ai2_diagram_no_letter')
  const ask = rest
    .split('\n')
    .filter((line) => !instructionLine.test(line))
    .join(' ')
    .replace(/answer (?:the question )?(?:with|using) .*/is, '')
    .replace(/\s+/g, ' ')
    .trim()
  const kind = tagged?.[2] ? 'count' : tagged?.[3] ? 'point' : kindOf(ask, choices.length > 0)
  const either = kind === 'yes-no' ? eitherOr(ask) : []
  return {
    ask,
    kind: either.length > 0 ? 'choice' : kind,
    brief: tagged?.[1] !== undefined || briefInstruction.test(prompt),
    choices: either.length > 0 ? either : choices,
    format: formatOf(prompt),
    maxItems: countBefore(prompt, 'bullets?|bullet points?|items?|points|lines|facts|rows|things'),
    maxSentences: countBefore(prompt, 'sentences?'),
    maxWords: countBefore(prompt, 'words?'),
    terms: termsOf(ask),
    subject: subjectOf(ask),
  }
}

/** Words of a text that carry meaning, in lower case; numbers are kept. */
export function termsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}.'&-]*/gu) ?? []
  return words.map(bareWord).filter((word) => word && !stopWords.has(word))
}

/** A word without the `'s`, or else the marks, at its end. */
function bareWord(word: string): string {
  if (word.endsWith("'s")) return word.slice(0, -2)
  let end = word.length
  while (end > 0 && ".'&-".includes(word[end - 1]!)) end--
  return word.slice(0, end)
}

function takeChoices(text: string, unlettered: boolean): { choices: Question['choices']; rest: string } {
  const lines = text.split('\n').filter((line) => line.trim())
  if (unlettered) {
    const [first = '', ...others] = lines
    return { choices: others.map((line) => ({ letter: null, text: line.trim() })), rest: first }
  }
  // "(A) left (B) right" on one line reads like two lines.
  const spread = lines.flatMap((line) => (listsChoices(line) ? line.split(/(?<!\s)\s+(?=\([A-Z]\))/) : [line]))
  const choices: Question['choices'] = []
  const rest = spread.filter((line) => {
    const found = /^\s*\(?([A-Z])[).:]\s*(\S.*)$/.exec(line)
    if (found?.[1] !== String.fromCharCode(65 + choices.length)) return true
    choices.push({ letter: found[1], text: found[2]!.trim() })
    return false
  })
  return choices.length > 1 ? { choices, rest: rest.join('\n') } : { choices: [], rest: text }
}

function listsChoices(line: string): boolean {
  const first = line.indexOf('(A)')
  return first >= 0 && line.includes('(B)', first)
}

function kindOf(ask: string, hasChoices: boolean): QuestionKind {
  if (hasChoices) return 'choice'
  const text = ask.toLowerCase()
  const has = (pattern: RegExp) => pattern.test(text)
  if (has(/\b(poem|haiku|story|slogan|limerick|song|tweet|tagline|headline|advert|postcard|joke|dialogue|letter to)\b/))
    return 'create'
  if (has(/\bhow many\b|\bcount (the|all|every|each|how)\b/)) return 'count'
  if (has(/\bpoint (to|at|out)\b|\blocate\b|\bclick (on|at)\b|\bmark (the|each|every|all|where)\b|show me where/))
    return 'point'
  if (has(/\bcount\b|\bnumber of\b/)) return 'count'
  if (
    has(/^(is|are|was|were|does|do|did|has|have|can|could|will|would|should)\b/) &&
    !has(/^(can|could|would|will) you\b/)
  )
    return 'yes-no'
  if (has(/\b(what|which|name|list).{0,30}\bcolou?rs?\b|\bcolou?rs? (is|are|of|dominate|palette)/)) return 'colour'
  if (has(/\bwhere (is|are)\b/)) return 'point'
  if (
    has(
      /\btranscribe|\bocr\b|\b(say|says|written|read aloud|title|heading|caption of|text)\b|\bread (the|all|out|what)\b/,
    )
  )
    return 'text'
  if (has(/\bhow (much|old|long|far|tall|high|big)\b|\bpercent/) || asksForQuantity(text)) return 'number'
  if (
    has(
      /\bdescri(be|ption)|\bcaption\b|what (do|can) you see|what('s| is| are) (in|happening|shown|going on)|summari[sz]e|tell me about|explain (the|this) (picture|image|photo|scene|chart)/,
    )
  )
    return 'describe'
  return 'open'
}

function asksForQuantity(text: string): boolean {
  const asked = /\bwhat (?:is|was|were|are) the /.exec(text)
  const quantity =
    /value|total|sum|average|mean|median|difference|ratio|share|rate|price|cost|amount|highest|lowest|maximum|minimum/
  return asked !== null && quantity.test(text.slice(asked.index + asked[0].length))
}

/** "Is it a bar chart or a pie chart?" wants one of the two, not a yes. */
function eitherOr(ask: string): Question['choices'] {
  const questions = ask.split('.').map((sentence) => sentence.slice(0, Math.max(0, sentence.lastIndexOf('?'))))
  const found = questions.map((question) => alternatives.exec(question)).find((match) => match !== null)
  if (!found || /^(more|less|not|no)$/i.test(found[2]!)) return []
  return [found[1]!, found[2]!].map((text) => ({ letter: null, text }))
}

const alternatives =
  /(?<![\p{L}\p{N}-])((?:black and )?[\p{L}\p{N}-]+(?: chart| graph)?),? or (?:an? |the )?((?:black and )?[\p{L}\p{N}-]+(?: chart| graph)?)/iu

function formatOf(prompt: string): Question['format'] {
  if (/\bjson\b/i.test(prompt)) return 'json'
  if (/\b(as|in|into|with|make|draw|create|give|write)\b.{0,30}\btable\b|markdown table/i.test(prompt)) return 'table'
  if (/numbered list|number(ed)? (steps|points)|step[- ]by[- ]step list/i.test(prompt)) return 'numbered'
  if (
    /\bbullet|\bas a list\b|markdown list|\blist (of|the|all|every|\w+ (things|facts|items|words|colou?rs|objects))\b/i.test(
      prompt,
    )
  )
    return 'list'
  return 'prose'
}

function countBefore(prompt: string, noun: string): number | null {
  const found = new RegExp(
    `\\b(\\d+|a single|${numberWords.slice(1).join('|')})[- ](?:short |simple |plain |bullet )?(?:${noun})\\b`,
    'i',
  ).exec(prompt)
  if (!found) return null
  const word = found[1]!.toLowerCase()
  return word === 'a single' ? 1 : numberWords.includes(word) ? numberWords.indexOf(word) : Number(word)
}

const subjects = [
  /how many (?:of the |different |separate )?([\p{L}\p{N} -]{1,42}?)(?: (?:are|is|can|do|does|did|have|has|in|on|of|appear|were|with|exceed|reach|stand|show)\b|[?.,]|$)/gu,
  /number of (?:the )?([\p{L}\p{N} -]{1,42}?)(?: (?:are|is|in|on|that|shown|you)\b|[?.,]|$)/gu,
  /(?:count|point (?:to|at|out)|locate|click (?:on|at)|mark|where (?:is|are)) (?:all |every |each |both )?(?:of )?(?:the |an? )?([\p{L}\p{N} -]{1,42}?)(?: (?:in|on|and|that|shown|of|at|you)\b|[?.,]|$)/gu,
  /which (?:of (?:these|those|the) )?([\p{L}\p{N} -]{1,42}?) (?:is|are|was|were|has|have|belongs?|swims?|stands?|shows?)\b/gu,
]

/** "How many are there?" names nothing by itself; the words before it do. */
const pronoun = /^(it|one|them|these|those|they|are|is|were|there|of)\b/

function subjectOf(ask: string): string {
  const found = subjects.flatMap((pattern) =>
    [...ask.toLowerCase().matchAll(pattern)].map(([, words]) => words!.trim()),
  )
  return found.find((words) => words && words.length <= 40 && !pronoun.test(words)) ?? 'things'
}
