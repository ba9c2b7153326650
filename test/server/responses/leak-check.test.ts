import { describe, expect, test } from 'vitest'
import { findLeak, type KnownModel } from '#server/responses/leak-check.ts'

const models: KnownModel[] = [
  { name: 'Zephyrion 7B', slug: 'zephyrion-7b', organisation: 'Quellwerk', remoteModel: 'quellwerk/zephyrion-7b-chat' },
  { name: 'baseline-ocr', slug: 'baseline-ocr', organisation: '', remoteModel: 'baseline-ocr' },
  { name: 'Orca', slug: 'orca', organisation: 'Apple', remoteModel: 'orca' },
]

describe('an answer is held back when it', () => {
  test.each([
    ['names a model of the study', 'This answer is by Zephyrion 7B.'],
    ['spells it another way', 'zephyrion_7b thinks there are four cups.'],
    ['spells it with a hyphen that is none', 'As zephyrion\u20117b I see four cups.'],
    ['hides it with zero-width marks', 'Zephy\u200Brion 7B sees four cups.'],
    ['hides it in full-width letters', 'Ｚｅｐｈｙｒｉｏｎ 7B sees four cups.'],
    ['names its organisation', 'The people of Quellwerk taught me to count.'],
    ['gives the endpoint’s name of it', 'Model: quellwerk/zephyrion-7b-chat'],
    ['names a baseline', 'baseline-ocr found the words SALE and EXIT.'],
    ['names a well-known family', 'As Qwen2.5-VL, I count four.'],
    ['names another', 'GPT-4o would say three.'],
    ['names a vendor', 'OpenAI trained me to refuse this.'],
    ['names a family that is also a first name', 'Claude 3.5 Sonnet here: it is a cat.'],
    ['introduces itself', 'I am Nimbus, a helpful vision assistant. The cat is black.'],
    ['introduces itself by an everyday name', "I'm Claude, an AI assistant, and the cat is black."],
    ['says who made it', 'I was developed by a team at Contoso to answer questions.'],
    ['says it as a model', 'As an AI language model created by Contoso, I cannot tell.'],
    ['says what it is called', 'My name is not important, but I count four.'],
    ['speaks of a company’s model', 'Being a Google language model, I cannot see faces.'],
  ])('%s', (_fact, text) => {
    expect(findLeak(text, models)).toBeDefined()
  })
})

describe('an answer is shown although it', () => {
  test.each([
    ['holds parts of a name in other words', 'The baseline of the chart rises; OCR text is small.'],
    ['names a painter', 'It looks like a Claude Monet painting of water lilies.'],
    ['names a star sign', 'The picture shows the constellation Gemini.'],
    ['names an animal', 'A llama stands on the hill beside two sheep.'],
    ['names fruit', 'There are three apples; the Apple Pie on the sign costs $4.'],
    ['names a company in the picture', 'The sign says Google, and beneath it a shop of Microsoft.'],
    ['speaks of a model in the picture', 'The fashion model in the picture wears a red coat.'],
    ['speaks in the first person', 'I am sure that this is a cat. I was looking for a dog.'],
    ['says what it is in general', 'As an AI language model, I cannot recognise people.'],
    ['describes a thing that was made by somebody', 'The bridge was designed by Gustave Eiffel in 1889.'],
    ['describes a person', 'This is Marie Curie, a physicist and chemist.'],
    ['has a word that begins like a name', 'The orcas swim; grokking the chart takes time.'],
    ['speaks of a phi', 'The angle φ, written phi, is 3 radians: phi = 3.'],
  ])('%s', (_fact, text) => {
    expect(findLeak(text, models)).toBeUndefined()
  })
})

const called = (name: string, rest: Partial<KnownModel> = {}): KnownModel[] => [
  { name, slug: name, organisation: '', remoteModel: name, ...rest },
]

describe('a name of the study is', () => {
  test.each([
    ['not looked for when it is one character', 'X', 'X marks the spot.', false],
    ['looked for from two on', 'Yi', 'Yi sees it.', true],
    ['taken in its own letter case up to four characters', 'Nimb', 'A nimb shines.', false],
    ['found in its own case at four', 'Nimb', 'I, Nimb, see it.', true],
    ['taken in any case from five on', 'Nimbo', 'I, NIMBO, see it.', true],
    ['taken in any case when it has two parts', 'N 7', 'From n-7.', true],
    ['found with its parts run together', 'Nimbo 7B', 'From Nimbo7B.', true],
    ['found with other marks between its parts', 'Nimbo 7B', 'From nimbo . _-7b.', true],
    ['not found with a letter before it', 'Nimbo', 'The ünimbo is one.', false],
    ['not found with a letter after it', 'Nimbo', 'A Nimboß is one.', false],
    ['not found with a digit before it', 'Nimbo', '3Nimbo', false],
    ['not found with a digit after it', 'Nimbo 7', 'Nimbo 72', false],
    ['found between underscores', 'Nimbo', '_Nimbo_', true],
    ['read as it stands, whatever its characters mean to an expression', 'N.m(b)*o|q', 'Nm(b)*o|q', true],
    ['no more than it says', 'N.m(b)*o|q', 'q', false],
    ['not looked for when it is an everyday name', 'Claude', 'A Claude in the picture.', false],
    ['looked for when an everyday name is part of it', 'Claude Nine', 'It is Claude Nine.', true],
    ['looked for without the blanks around it', ' Nimbo ', 'It is Nimbo', true],
    ['an everyday one with blanks around it too', ' Claude ', 'A Claude in the picture.', false],
  ])('%s', (_fact, name, text, isLeak) => {
    expect(findLeak(text, called(name)) !== undefined).toBe(isLeak)
  })

  test.each([
    ['slug', { slug: 'plain-word' }, 'It is plain word.'],
    ['organisation', { organisation: 'Quellwerk' }, 'Made in Quellwerk.'],
    ['name at the endpoint', { remoteModel: 'shop/models/deep-one' }, 'It is shop/models/deep-one.'],
    ['name at the endpoint without its folders', { remoteModel: 'shop/models/deep-one' }, 'It is deep one.'],
  ])('looked for as its %s too', (_which, rest, text) => {
    expect(findLeak(text, called('Nimbo'))).toBeUndefined()
    expect(findLeak(text, called('Nimbo', rest))).toBeDefined()
  })

  test('the longest that is there, of all models', () => {
    const both = [...called('Nimbo'), ...called('Nimbo 7B')]
    expect(findLeak('By Nimbo-7B.', both)).toBe('names “Nimbo-7B”, which belongs to a model of this study')
    expect(findLeak('By Nimbo.', both)).toBe('names “Nimbo”, which belongs to a model of this study')
  })
})

describe('a family or vendor is found by', () => {
  test.each([
    ...[
      'ChatGPT',
      'GPT-3',
      'GPT4',
      'gpt-4o',
      'GPT-4V',
      'GPT-4.1 mini',
      'GPT-5-turbo',
      'GPT-4-vision',
      'o1-mini',
      'o3-pro',
    ],
    ...[
      'o4-preview',
      'OpenAI',
      'Anthropic',
      'Claude 3',
      'Claude-Opus',
      'claude haiku',
      'Claude Instant',
      'Claude Sonnet4.5',
    ],
    ...[
      'Gemini 2.5',
      'Gemini-Pro',
      'Gemini Flash',
      'Gemini Ultra',
      'Gemini Nano',
      'PaLM 2',
      'PaLM-2',
      'PaLM2',
      'Gemma 3',
    ],
    ...[
      'Gemma-2',
      'PaliGemma',
      'DeepMind',
      'Qwen',
      'Qwen2.5_VL',
      'Tongyi',
      'DeepSeek-VL2',
      'Janus-Pro',
      'InternVL3-8B',
    ],
    ...[
      'InternLM-XComposer',
      'LLaVA-1.5',
      'Llama 3.2',
      'Llama-4',
      'Molmo-72B',
      'Pixtral',
      'Mistral AI',
      'Mistral-Large',
    ],
    ...[
      'Mixtral',
      'Phi-3.5',
      'Idefics2',
      'SmolVLM',
      'MiniCPM-V',
      'CogVLM2',
      'GLM-4V',
      'Grok-2',
      'Grok 3',
      'Grok AI',
      'xAI',
    ],
    ...[
      'Reka Core',
      'Reka Flash',
      'Reka Edge',
      'Moonshot AI',
      'Kimi-VL',
      'Kimi K2',
      'Hunyuan',
      'ERNIE Bot',
      'Nova Pro',
    ],
    ...['Nova Lite', 'Nova Premier', 'Allen Institute for AI', 'Allen Institute for Artificial Intelligence'],
    ...['Hugging Face', 'HuggingFace'],
  ])('%s', (name) => {
    expect(findLeak(`It was said that ${name}, too, saw four.`, [])).toBe(`names “${name}”`)
  })

  test.each([
    ...['GPT', 'GPT-6', 'GPT-44', 'o5-mini', 'o1', 'Claude', 'Claude Monet', 'Gemini', 'Gemini Man', 'PaLM', 'Gemma'],
    ...[
      'Janus',
      'Llama',
      'Llama 5',
      'Mistral wind',
      'Phi',
      'Phi-x',
      'GLM',
      'Grok',
      'Reka',
      'Moonshot',
      'Kimi',
      'Kimi no',
    ],
    ...[
      'ERNIE',
      'Nova',
      'Nova Scotia',
      'Allen Institute',
      'xOpenAI',
      'OpenAIs',
      '2OpenAI',
      'Pixtralé',
      'LLaVAé',
      'xAIs',
    ],
  ])('but not by %s', (words) => {
    expect(findLeak(`It was said that ${words}, too, was there.`, [])).toBeUndefined()
  })
})

describe('whoever speaks introduces itself by', () => {
  test.each([
    ...['I am Nimbo, an AI.', 'I’m “Nimbo”, the assistant', 'my name is Nimbo'],
    ...["I'm *Nimbo* Two, a kind and very patient helping model", 'this is Nimbo, a VLM', 'I am Nimbo an LLM'],
    ...['you can call me Nimbo, the chatbot', 'I was trained by Acme', 'I am made by the Acme', 'I’m built at Acme'],
    ...['As an AI assistant that was designed and trained by Acme', 'a large vision model released by Acme'],
    ...[
      'I was created by a team at Acme',
      'I am, developed by Acme',
      'my creator is',
      'My creators',
      'my developers are',
    ],
    ...[
      'my training data ends',
      'My training cut-off',
      'my training cutoff',
      'my knowledge cut-off',
      'My knowledge cutoff',
    ],
    ...[
      `As Gemini ${'x'.repeat(58)} model`,
      'I am Claude and, as it is, an assistant',
      'As Gemini, a model',
      'Here is Bard, your chatbot',
      'this is Copilot, AI',
    ],
    ...['a Google language model', "Meta's own multimodal assistant", 'Apple’s vision chatbot', 'a Microsoft AI model'],
  ])('%s', (text) => {
    expect(findLeak(`Four cups. ${text}`, [])).toMatch(/^introduces itself: “/)
  })

  test.each([
    ...['I am sure, an AI could.', 'I am Nimbo, a painter', 'I am Nimbo, a kind and very patient little helping model'],
    ...['Xi am Nimbo, an AI', 'I am Nimbo, a remodel', 'It was trained by Acme'],
    ...['It was built by Acme', 'My name tag', 'my creative work', 'my training', 'my knowledge', 'my developing film'],
    ...[
      'As Gemini. The assistant came',
      `As Gemini ${'x'.repeat(59)} model`,
      "This is Meta's new model",
      'Google maps model',
    ],
    ...['a Google car and a language model', 'As Nimbo, a shop assistant in blue', 'A Claudette language model'],
  ])('but not by %s', (text) => {
    expect(findLeak(`Four cups. ${text}`, [])).toBeUndefined()
  })

  test('what is quoted of it is eighty characters at most', () => {
    const text = `As Gemini${' and so'.repeat(7)} on, a model`
    expect(findLeak(text, [])).toBe(`introduces itself: “${text}”`)
    const long = `I am Nimbo, a ${'very-'.repeat(20)}kind model`
    expect(findLeak(long, [])).toBe(`introduces itself: “${long.slice(0, 80)}”`)
  })
})

test('a name that the question uses is no leak, and any other is', () => {
  expect(findLeak('The OpenAI logo is a knot.', models, 'What does the openai logo look like?')).toBeUndefined()
  expect(findLeak('Quellwerk is written on the wall.', models, 'Where is Quellwerk written?')).toBeUndefined()
  expect(findLeak('Quellwerk, by Orca', models, 'Where is Quellwerk written?')).toMatch(/“Orca”/)
  expect(findLeak('The OpenAI logo is a knot.', models, 'What is this logo?')).toBe('names “OpenAI”')
  expect(findLeak('By Zephyrion\u20117B', models, 'Is Zephyrion\u20107B there?')).toBeUndefined()
})

test('soft hyphens and hyphens of every kind hide no name', () => {
  for (const mark of '\u200B\u200C\u200D\u2060\uFEFF\u00AD')
    expect(findLeak(`Ne${mark}mo`, called('Nemo'))).toBeDefined()
  for (const hyphen of '\u2010\u2011\u2012\u2013\u2014\u2015\u2212') {
    expect(findLeak(`GPT${hyphen}4`, [])).toBe('names “GPT-4”')
  }
})

test('the reason says what was found', () => {
  expect(findLeak('By Zephyrion-7B.', models)).toBe('names “Zephyrion-7B”, which belongs to a model of this study')
  expect(findLeak('As Qwen2.5-VL, I count four.', models)).toMatch(/^names “Qwen/)
  expect(findLeak('I am Nimbus, a helpful vision assistant.', models)).toMatch(/^introduces itself: “I am Nimbus/)
})
