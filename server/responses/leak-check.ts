/** A model as its answers could name it. */
export interface KnownModel {
  name: string
  slug: string
  organisation: string
  /** What the endpoint calls it; null: it has none. */
  remoteModel: string | null
}

/** Families and services whose names mean nothing else: naming one is a leak anywhere, unless the question did. */
const families = [
  'ChatGPT',
  'GPT-?[345](?:[.]\\d+)?(?:o|V)?(?:[- ](?:mini|turbo|vision))?',
  'o[134]-(?:mini|preview|pro)',
  'OpenAI',
  'Anthropic',
  'Claude[- ](?:\\d|Opus|Sonnet|Haiku|Instant)[\\w.]*',
  'Gemini[- ](?:\\d|Pro|Flash|Ultra|Nano)[\\w.]*',
  'PaLM[- ]?2',
  'Gemma[- ]?\\d',
  'PaliGemma',
  'DeepMind',
  'Qwen[\\w.]*',
  'Tongyi',
  'DeepSeek[\\w.-]*',
  'Janus[- ]Pro',
  'InternVL[\\w.-]*',
  'InternLM[\\w.-]*',
  'LLaVA[\\w.-]*',
  'Llama[- ]?[234][\\w.]*',
  'Molmo[\\w.-]*',
  'Pixtral',
  'Mistral[- ](?:AI|Large|Small|Medium)',
  'Mixtral',
  'Phi-\\d[\\w.]*',
  'Idefics[\\w.-]*',
  'SmolVLM',
  'MiniCPM[\\w.-]*',
  'CogVLM[\\w.-]*',
  'GLM-\\d[\\w.]*',
  'Grok(?:-\\d| \\d| AI)',
  'xAI',
  'Reka (?:Core|Flash|Edge)',
  'Moonshot AI',
  'Kimi[- ](?:VL|K\\d)',
  'Hunyuan',
  'ERNIE Bot',
  'Nova (?:Pro|Lite|Premier)',
  'Allen Institute for (?:AI|Artificial Intelligence)',
  'Hugging ?Face',
]
const familyPattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${families.join('|')})(?![\\p{L}\\p{N}])`, 'iu')

/**
 * Companies and families whose names pictures show or people bear: a leak only where the sentence is about who answers.
 */
const everyday =
  'Claude|Gemini|Gemma|Llama|Grok|Bard|Copilot|Mistral|Apple|Google|Meta|Microsoft|Amazon|Nvidia|Tencent|Alibaba|Baidu|ByteDance|IBM|Ai2|AI2|Cohere|Reka|Zhipu'
const everydayNames = new Set(everyday.toLowerCase().split('|'))

/** "I am Nimbus, a vision assistant", "my name is …", "I was trained by …": the speaker says who it is. */
const introductions = [
  /\b(?:I am|I['’]m|my name is|you can call me|this is)\s+["“*]*[A-Z][\w.-]*["”*]*(?:\s+[A-Z\d][\w.-]*["”*]*)?,?\s+(?:an?|the)\s+(?:[\w-]+\s+){0,5}(?:AI|assistant|model|chatbot|LLM|VLM)\b/u,
  /\b(?:I am|I['’]m|I was|(?:as )?an?(?: \w+){0,3} (?:AI|model|assistant|chatbot)(?: \w+){0,2})\s*(?:,\s*)?(?:(?:that|which|who) (?:was|is)\s+)?(?:created|developed|made|built|trained|designed|released)\s+(?:and \w+ )?(?:by|at)\s+(?:the |a team at )?[A-Z]/iu,
  /\bmy (?:name is|creators?|developers?|training (?:data|cut-?off)|knowledge cut-?off)\b/iu,
  new RegExp(
    `\\b(?:I am|I['’]m|as|this is|here is)\\s+(?:${everyday})\\b(?!['’]s)[^.!?\\n]{0,60}\\b(?:AI|assistant|model|chatbot)\\b`,
    'iu',
  ),
  new RegExp(
    `\\b(?:${everyday})['’]?s?\\s+(?:\\w+\\s+){0,2}(?:language|vision|multimodal|AI)\\s+(?:model|assistant|chatbot)\\b`,
    'iu',
  ),
]

/**
 * Looks for words by which a rater could tell who answered: a model of the study, its organisation, a well-known family
 * or vendor, or a self-introduction. Names that the question itself uses are no leak. Returns the reason in words, or
 * undefined. Everyday names (Apple, Claude Monet, the sign Gemini) count only in a sentence about the speaker.
 */
export function findLeak(text: string, models: KnownModel[], question = ''): string | undefined {
  const answer = plain(text)
  const asked = plain(question)
  for (const name of namesOf(models)) {
    const pattern = namePattern(name)
    const found = pattern.exec(answer)
    if (found && !pattern.test(asked)) return `names “${found[0]}”, which belongs to a model of this study`
  }
  const family = familyPattern.exec(answer)
  if (family && !asked.toLowerCase().includes(family[0].toLowerCase())) return `names “${family[0]}”`
  for (const introduction of introductions) {
    const found = introduction.exec(answer)
    if (found) return `introduces itself: “${found[0].slice(0, 80)}”`
  }
  return undefined
}

/** One spelling for look-alikes: compatibility forms folded, what cannot be seen gone, hyphens and spaces plain. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}|[^\P{Cc}\s]/gu, '')
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
}

/** The names of the study's models that give them away even standing alone, the longest first. */
function namesOf(models: KnownModel[]): string[] {
  const names = models.flatMap(({ name, slug, organisation, remoteModel }) => [
    name,
    slug,
    organisation,
    remoteModel ?? '',
    remoteModel?.split('/').at(-1) ?? '',
  ])
  const telling = names
    .map((name) => plain(name).trim())
    .filter((name) => name.length > 1 && !everydayNames.has(name.toLowerCase()))
  return [...new Set(telling)].sort((one, other) => other.length - one.length)
}

/** The name as a word of its own, whatever stands between its parts; a name of one short word or one in capitals keeps its case. */
function namePattern(name: string): RegExp {
  const parts = name.split(/[\s._-]+/).filter(Boolean)
  const body = parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('[\\s._-]*')
  const caseMatters = parts.length === 1 && name.length <= 4
  return new RegExp(`(?<![\\p{L}\\p{N}])${body}(?![\\p{L}\\p{N}])`, caseMatters ? 'u' : 'iu')
}
