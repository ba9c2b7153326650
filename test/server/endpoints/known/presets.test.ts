import { expect, test } from 'vitest'
import { ownSettingsOf } from '#server/commands/sampling-options.ts'
import { presetNamed, presets, thinkingPreset } from '#server/endpoints/known/presets.ts'
import { SamplingChoice } from '#server/endpoints/schema.ts'

test.each([
  ['Qwen/Qwen3-VL-8B-Thinking', 'qwen3-vl-thinking'],
  ['Qwen/Qwen3-VL-8B-Instruct', 'thinking'],
  ['OpenGVLab/InternVL3_5-8B', 'internvl-thinking'],
  ['zai-org/GLM-4.5V-FP8', 'glm-4v'],
  ['glm-4.1v-9b-thinking', 'glm-4v'],
  ['zai-org/GLM-4.6', 'thinking'],
  ['moonshotai/Kimi-VL-A3B-Thinking-2506', 'kimi-vl-thinking'],
  ['o4-mini', 'thinking'],
])('--thinking takes for %s the preset %s', (model, name) => expect(thinkingPreset(model).name).toBe(name))

test('every preset holds what can be set, says where it is from, and one for thinking gives room for thoughts', () => {
  for (const { settings, source, thinking } of presets) {
    expect(SamplingChoice.safeParse(settings.sampling).success).toBe(true)
    expect(source).not.toBe('')
    if (thinking) expect(settings.sampling.maxTokens).toBe(32_768)
  }
})

test('what is typed stands over the preset', () => {
  const own = ownSettingsOf(
    { thinking: true, temperature: 1, unset: ['topK'], extraBody: { min_p: 0 } },
    'qwen3-vl-thinking',
  )
  expect(own.sampling).toEqual({ maxTokens: 32_768, temperature: 1, topP: 0.95, topK: null })
  expect(own.extraBody).toEqual({ ...presetNamed('qwen3-vl-thinking')!.settings.extraBody, min_p: 0 })
})

test.each([
  [{ thinking: true, preset: 'molmo' }, /not both/],
  [{ temperature: 3 }, /^--temperature: /],
  [{ temperature: 1, unset: ['temperature' as const] }, /contradict/],
  [{ samplingSeed: -1 }, /^--sampling-seed: /],
])('%j is refused in words', (options, words) => expect(() => ownSettingsOf(options, 'm')).toThrow(words))
