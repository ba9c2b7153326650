import { expect, test } from 'vitest'
import { sameModel } from '#server/endpoints/same-model.ts'

test.each([
  ['gpt-4o', 'gpt-4o'],
  ['gpt-4o', 'gpt-4o-2024-08-06'],
  ['gpt-4', 'gpt-4-0613'],
  ['allenai/Molmo-7B-D-0924', 'molmo-7b-d-0924'],
  ['molmo', '/models/molmo'],
  ['qwen/qwen2.5-vl-72b-instruct:free', 'qwen/qwen2.5-vl-72b-instruct'],
  ['llava', 'llava:latest'],
  ['models/gemini-1.5-pro', 'gemini-1.5-pro-002'],
  ['gemini-2.5-flash', 'gemini-2.5-flash-preview-04-17'],
  ['claude-3-5-sonnet-latest', 'claude-3-5-sonnet-20241022'],
  ['us.anthropic.claude-3-5-sonnet-20240620-v1:0', 'claude-3-5-sonnet-20240620'],
  ['claude-sonnet-4@20250514', 'claude-sonnet-4-20250514'.replace('-2025', '@2025')],
])('%s may be answered by %s', (asked, replied) => {
  expect(sameModel(asked, replied)).toBe(true)
  expect(sameModel(replied, asked)).toBe(true)
})

test.each([
  ['gpt-4o', 'gpt-4o-mini'],
  ['gpt-4o', 'gpt-4o-mini-2024-07-18'],
  ['gpt-4', 'gpt-4o'],
  ['gpt-4o-2024-05-13', 'gpt-4o-2024-08-06'],
  ['llava:7b', 'llava:13b'],
  ['qwen2.5-vl-72b', 'qwen2.5-vl-72b-awq'],
  ['qwen2.5-vl-7b', 'qwen2-vl-7b'],
  ['molmo-7b-d', 'molmo-7b-o'],
  ['m', 'm2'],
  ['Molmo-72B', 'Molmo-72B-4bit'],
])('%s is not answered by %s', (asked, replied) => {
  expect(sameModel(asked, replied)).toBe(false)
  expect(sameModel(replied, asked)).toBe(false)
})
