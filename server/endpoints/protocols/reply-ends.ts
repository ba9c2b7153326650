/** Reasons for which Gemini holds an answer back; routers and its own OpenAI-compatible address pass them on as they are. */
const heldBack = new Set([
  'content_filter',
  'safety',
  'recitation',
  'language',
  'blocklist',
  'prohibited_content',
  'spii',
  'image_safety',
  'image_prohibited_content',
  'image_recitation',
])

/** Ends at a token limit: `model_length` is Mistral's, the others are those of wire formats and come through routers. */
const cut = new Set(['length', 'max_tokens', 'max_output_tokens', 'model_length', 'model_context_window_exceeded'])

/**
 * Ends that are a fault of the endpoint, with whatever text there is: OpenRouter's `error`, vLLM's and SGLang's `abort`,
 * DeepSeek's `insufficient_system_resource`, and what Gemini says where it broke off.
 */
const broken = new Set([
  'error',
  'abort',
  'aborted',
  'cancelled',
  'canceled',
  'failed',
  'timeout',
  'server_error',
  'insufficient_system_resource',
  'other',
  'malformed_function_call',
  'unexpected_tool_call',
  'too_many_tool_calls',
  'malformed_response',
  'missing_thought_signature',
])

/**
 * What the reason with which a reply ended says of it: it is whole, it was cut at a limit, a filter held it back, or the
 * endpoint broke. Some give a reason with its cause: `content_filter: RECITATION`.
 */
export function readEnd(reason: string | null): 'whole' | 'cut' | 'held_back' | 'broken' {
  if (reason === null) return 'whole'
  const [name = '', cause] = reason.toLowerCase().split(':', 2)
  const told = [name.trim(), ...(cause === undefined ? [] : [cause.trim()])]
  if (told.some((one) => heldBack.has(one))) return 'held_back'
  if (told.some((one) => broken.has(one))) return 'broken'
  return told.some((one) => cut.has(one)) ? 'cut' : 'whole'
}
