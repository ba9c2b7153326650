import type { WireReply } from '../protocol.ts'
import { withoutMarks } from './answer-marks.ts'
import { codeRangesIn, type CodeRange } from './code-ranges.ts'

/**
 * The tags by which models in use mark their thoughts: a start and an end with a space between. The last is the end of
 * gpt-oss's analysis channel where its server has not read it.
 */
export const usualThinkingTags = [
  '<think> </think>',
  '<thinking> </thinking>',
  '<thought> </thought>',
  '<reasoning> </reasoning>',
  '<seed:think> </seed:think>',
  '◁think▷ ◁/think▷',
  '[THINK] [/THINK]',
  '<|begin_of_thought|> <|end_of_thought|>',
  '<|START_THINKING|> <|END_THINKING|>',
  '<|channel>thought <channel|>',
  '<|channel|>analysis<|message|> <|channel|>final<|message|>',
]

const thoughtEnds = /<\|end\|><\|start\|>assistant$/

/** A reply whose text may hold thoughts between tags, with these taken out of the answer and kept beside it. */
export function withThinkingApart(reply: WireReply, tags: readonly string[]): WireReply {
  const { answer, thinking, cut } = separateThinking(reply.response, tags, reply.thinking !== null)
  if (answer === reply.response) return reply
  return {
    ...reply,
    response: answer,
    thinking: [reply.thinking, thinking].filter(Boolean).join('\n\n') || null,
    truncated: reply.truncated || cut,
  }
}

interface Separated {
  answer: string
  /** Null where nothing but space was thought. */
  thinking: string | null
  /** The text ended within a thought: there is no answer. */
  cut: boolean
}

/**
 * What a text says and what was thought before: blocks between tags at its start or set apart from the prose, and all
 * that stands before a lone end tag, whose start was part of the prompt's template. A tag within code or in the middle of
 * prose is text. `tags` holds `usual` or starts and ends, none where nothing is to be separated; `thought`: thoughts came
 * beside the text. Marks that a model's format sets around an answer or behind it go, too.
 */
export function separateThinking(text: string, tags: readonly string[], thought = false): Separated {
  if (tags.length === 0) return { answer: text, thinking: null, cut: false }
  const read = readThinking(text, tags)
  return { ...read, answer: withoutMarks(read.answer, thought || read.answer !== text) }
}

/** Reads the text once. */
function readThinking(text: string, tags: readonly string[]): Separated {
  const found = marksIn(text, tags)
  if (found.length === 0) return { answer: text, thinking: null, cut: false }
  const code = codeRangesIn(text)
  const reading = readMarks(text, outside(found, code))
  const { open } = reading
  if (!open) return separated(reading, text.slice(reading.at))
  const hidden = found.findLast((mark) => mark.index > open.index && mark.kind === 'end' && mark.pair === open.pair)
  // A fence that the thought did not close takes its end for code.
  if (hidden && code.some(({ fenced, start, end }) => fenced && start < hidden.index && hidden.index < end)) {
    reading.thoughts.push(text.slice(open.end, hidden.index))
    return separated(reading, text.slice(hidden.end))
  }
  if (!open.leads && !startsLine(text, open)) return separated(reading, text.slice(open.index))
  reading.thoughts.push(text.slice(open.end))
  return { ...separated(reading, ''), answer: '', cut: true }
}

function separated({ kept, thoughts }: Reading, rest: string): Separated {
  if (thoughts.length === 0) return { answer: kept + rest, thinking: null, cut: false }
  const words = thoughts.map((thought) => thought.trim().replace(thoughtEnds, '').trim()).filter(Boolean)
  const answer = (kept + rest).trim()
  return { answer, thinking: words.join('\n\n') || null, cut: false }
}

interface Mark {
  kind: 'start' | 'end'
  pair: number
  index: number
  end: number
}

/** The marks that are not within code; both come in the order of the text. */
function outside(marks: Mark[], code: CodeRange[]): Mark[] {
  let next = 0
  return marks.filter(({ index }) => {
    while (next < code.length && code[next]!.end <= index) next++
    return next === code.length || index < code[next]!.start
  })
}

interface Reading {
  kept: string
  thoughts: string[]
  /** Where what is not read yet begins. */
  at: number
  /** A start that no end follows; whether nothing but space and thoughts stands before it. */
  open: (Mark & { leads: boolean }) | null
}

function readMarks(text: string, marks: Mark[]): Reading {
  const reading: Reading = { kept: '', thoughts: [], at: 0, open: null }
  /** Starts in the prose of this line, whose ends are part of the prose, too. */
  const inProse = new Map<number, number>()
  let leads = true
  let seen = 0
  for (const mark of marks) {
    const { open, at } = reading
    if (open) {
      if (mark.kind === 'start' || mark.pair !== open.pair) continue
      reading.thoughts.push(text.slice(open.end, mark.index))
      Object.assign(reading, { open: null, at: mark.end })
      seen = mark.end
      continue
    }
    const between = text.slice(seen, mark.index)
    seen = mark.end
    leads &&= between.trim() === ''
    if (between.includes('\n')) inProse.clear()
    const starts = inProse.get(mark.pair) ?? 0
    const apart = leads || !standsInProse(text, mark)
    if (mark.kind === 'start' && apart) {
      reading.kept += text.slice(at, mark.index)
      reading.open = { ...mark, leads }
    } else if (mark.kind === 'end' && starts === 0 && apart) {
      reading.thoughts.push(reading.kept + text.slice(at, mark.index))
      Object.assign(reading, { kept: '', at: mark.end })
      leads = true
    } else {
      inProse.set(mark.pair, Math.max(0, starts + (mark.kind === 'start' ? 1 : -1)))
      leads = false
    }
  }
  return reading
}

/**
 * Whether a tag is a word of a sentence: behind a quote or bracket, or with space before it and no end of a sentence
 * there, and, for an end tag, no word right after it.
 */
function standsInProse(text: string, mark: Mark): boolean {
  if (startsLine(text, mark) || endsLine(text, mark)) return false
  const before = text[mark.index - 1] ?? ''
  if (/["'“‘«(`]/.test(before)) return true
  if (!/\s/.test(before)) return false
  if (mark.kind === 'end' && /[^\s.,;:!?)]/.test(text[mark.end] ?? '')) return false
  return !/[.!?…。]/.test(text[skipSpace(text, mark.index - 1, -1)] ?? '')
}

const startsLine = (text: string, { index }: Mark) => '\n'.includes(text[skipSpace(text, index - 1, -1)] ?? '')
const endsLine = (text: string, { end }: Mark) => '\r\n'.includes(text[skipSpace(text, end, 1)] ?? '')

function skipSpace(text: string, from: number, step: 1 | -1): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at += step
  return at
}

const readers = new WeakMap<
  readonly string[],
  { pattern: RegExp; kindOf: Map<string, [number, Mark['kind']]> } | null
>()

function marksIn(text: string, tags: readonly string[]): Mark[] {
  let reader = readers.get(tags)
  if (reader === undefined) readers.set(tags, (reader = readerOf(tags)))
  if (!reader) return []
  const { pattern, kindOf } = reader
  return Array.from(text.matchAll(pattern), ({ 0: tag, index }) => {
    const [pair, kind] = kindOf.get(tag.toLowerCase())!
    return { kind, pair, index, end: index + tag.length }
  })
}

function readerOf(tags: readonly string[]) {
  const pairs = tags.flatMap((tag) => (tag === 'usual' ? usualThinkingTags : [tag])).map((tag) => tag.split(' '))
  if (pairs.length === 0) return null
  const kindOf = new Map<string, [number, Mark['kind']]>()
  pairs.forEach(([start = '', end = ''], pair) => {
    kindOf.set(start.toLowerCase(), [pair, 'start']).set(end.toLowerCase(), [pair, 'end'])
  })
  const literals = [...kindOf.keys()].map((tag) => tag.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  return { pattern: new RegExp(literals.join('|'), 'gi'), kindOf }
}
