import { Option } from 'commander'

/** `--thinking-tags`: what an endpoint puts around its thoughts. */
export function thinkingTagsOption(): Option {
  const words =
    "tags around thoughts in its answers, by commas: usual, or a start and an end as '<plan> </plan>'; or none"
  return new Option('--thinking-tags <list>', words).argParser((text) => {
    const tags = text.split(',').map((tag) => tag.trim().replaceAll(/\s+/g, ' '))
    return text.trim() === 'none' ? [] : tags.filter(Boolean)
  })
}
