import type { OwnSettings } from '../sampling.ts'
import type { PromptProfileName } from '../schema.ts'

/** How the makers of a family of models have them asked. */
export interface Preset {
  name: string
  title: string
  /** What names of such models hold; null: it fits no model by its name. */
  models: RegExp | null
  /** It answers after it has thought. */
  thinking: boolean
  settings: OwnSettings
  promptProfile?: PromptProfileName
  /** Where the makers say so, and when it was read. */
  source: string
}

/** Room for thoughts and answer together, as evaluations of thinking models give it. */
const thinkingTokens = 32_768

const internVlThinks = `You are an AI assistant that rigorously follows this response protocol:

1. First, conduct a detailed analysis of the question. Consider different angles, potential solutions, and reason through the problem step-by-step. Enclose this entire thinking process within <think> and </think> tags.

2. After the thinking section, provide a clear, concise, and direct answer to the user's question. Separate the answer from the think section with a newline.

Ensure that the thinking process is thorough but remains focused on the query. The final answer should be standalone and not reference the thinking section.`

/** The narrower name first: the first that fits a model is taken. */
export const presets: readonly Preset[] = [
  {
    name: 'thinking',
    title: 'A thinking model of any family',
    models: null,
    thinking: true,
    settings: { sampling: { maxTokens: thinkingTokens }, extraBody: {} },
    source: 'room for thoughts alone; the rest stays as each benchmark has it',
  },
  {
    name: 'qwen3-vl-thinking',
    title: 'Qwen3-VL Thinking',
    models: /qwen3-vl.{0,80}thinking/i,
    thinking: true,
    settings: {
      sampling: { maxTokens: thinkingTokens, temperature: 0.6, topP: 0.95, topK: 20 },
      extraBody: { presence_penalty: 0, repetition_penalty: 1 },
    },
    source: 'README of QwenLM/Qwen3-VL, “Generation Hyperparameters”, January 2026; they give 40,960 tokens',
  },
  {
    name: 'qwen3-vl',
    title: 'Qwen3-VL Instruct',
    models: /qwen3-vl/i,
    thinking: false,
    settings: {
      sampling: { maxTokens: 32_768, temperature: 0.7, topP: 0.8, topK: 20 },
      extraBody: { presence_penalty: 1.5, repetition_penalty: 1 },
    },
    source: 'README of QwenLM/Qwen3-VL, “Generation Hyperparameters”, January 2026',
  },
  {
    name: 'internvl-thinking',
    title: 'InternVL3.5 in its thinking mode',
    models: /internvl3/i,
    thinking: true,
    settings: {
      sampling: { maxTokens: thinkingTokens, temperature: 0.6, topP: 0.95, system: internVlThinks },
      extraBody: {},
    },
    source: 'vLLM recipe “InternVL3.5 Usage Guide”, “Thinking Mode”, 2026',
  },
  {
    name: 'glm-4v',
    title: 'GLM-4.1V, 4.5V and 4.6V',
    models: /glm-4(\.\d)?v/i,
    thinking: true,
    settings: {
      sampling: { maxTokens: thinkingTokens, temperature: 0.8, topP: 0.6, topK: 2 },
      extraBody: { repetition_penalty: 1.1 },
    },
    source: 'model card of zai-org/GLM-4.6V, “Evaluation Settings”; they give 16,384 tokens',
  },
  {
    name: 'kimi-vl-thinking',
    title: 'Kimi-VL Thinking',
    models: /kimi-vl.{0,80}thinking/i,
    thinking: true,
    settings: { sampling: { maxTokens: thinkingTokens, temperature: 0.6 }, extraBody: {} },
    source: 'README of MoonshotAI/Kimi-VL, “Recommended Temperature”, 2025',
  },
  {
    name: 'kimi-vl',
    title: 'Kimi-VL Instruct',
    models: /kimi-vl/i,
    thinking: false,
    settings: { sampling: { temperature: 0.2 }, extraBody: {} },
    source: 'README of MoonshotAI/Kimi-VL, “Recommended Temperature”, 2025',
  },
  {
    name: 'gemma-3',
    title: 'Gemma 3',
    models: /gemma-3/i,
    thinking: false,
    settings: { sampling: { temperature: 1, topP: 0.95, topK: 64 }, extraBody: {} },
    source: 'generation_config.json of google/gemma-3, and the Gemma team, 2025',
  },
  {
    name: 'molmo',
    title: 'Molmo, as its paper asks it',
    models: /molmo/i,
    thinking: false,
    settings: { sampling: { temperature: 0 }, extraBody: {} },
    promptProfile: 'molmo',
    source: 'evaluation code of allenai/molmo: greedy, the style tag of each task before the question',
  },
]

/** The preset of this name. */
export function presetNamed(name: string): Preset | undefined {
  return presets.find((preset) => preset.name === name)
}

/** What fits a model that thinks, by the name its endpoint gives it: its family's preset, else room for thoughts. */
export function thinkingPreset(remoteModel: string): Preset {
  return presets.find(({ thinking, models }) => thinking && models?.test(remoteModel)) ?? presetNamed('thinking')!
}
