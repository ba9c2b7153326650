/** What models write around the whole answer that follows their thoughts: Hunyuan, those trained by R1's recipe, ERNIE, OpenThinker. */
const around: [string, string][] = [
  ['<answer>', '</answer>'],
  ['<response>', '</response>'],
  ['<|begin_of_solution|>', '<|end_of_solution|>'],
]

/** Words of vocabularies that no prose has: GLM's marks around what is to be read, and ends of a turn that a server let through. */
const boxes = /<\|(?:begin|end)_of_box\|>/g
const turnEnds = ['<|return|>', '<|im_end|>', '<|endoftext|>', '<|eot_id|>', '<|end|>', '<end_of_turn>', '<turn|>']
/** An end of Llama's and Mistral's turns, unless a line is struck through with it. */
const struck = '</s>'

/**
 * An answer without the marks that belong to a model's format. What could be prose is taken off only behind a thought and
 * around the whole answer. `thought`: the model thought before it. An answer without marks comes back as it is.
 */
export function withoutMarks(answer: string, thought: boolean): string {
  const text = answer.trimEnd()
  const end =
    turnEnds.find((mark) => text.endsWith(mark)) ?? (text.endsWith(struck) && !/<s>/i.test(text) ? struck : null)
  const ended = end === null ? answer : text.slice(0, -end.length).trim()
  const read = ended.includes('_of_box|>') ? ended.replace(boxes, '').trim() : ended
  return thought ? withoutWrapper(read) : read
}

/** The start may come without its end, where a limit or a stop cut it. */
function withoutWrapper(answer: string): string {
  const text = answer.trim()
  const [start, end] = around.find(([start]) => text.toLowerCase().startsWith(start)) ?? []
  if (start === undefined || end === undefined) return answer
  const within = text.slice(start.length)
  const at = within.toLowerCase().indexOf(end)
  if (at === -1) return within.trim()
  return at + end.length === within.length ? within.slice(0, at).trim() : answer
}
