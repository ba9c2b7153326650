import type { Protocol } from '#server/endpoints/schema.ts'
import { serveAnthropic } from './anthropic-messages.ts'
import { serveChat } from './chat-completions.ts'
import { serveGemini } from './gemini-generate.ts'
import { knowingModel } from './knowing-model.ts'
import type { ModelServer } from './serve-model.ts'

/** A kind of server that a team has, with what it registers of it. */
interface TeamServer {
  what: string
  protocol: Protocol
  model: string
  key: string
  /** The environment variable in which the commands look for the key. */
  variable: string
  serve(): Promise<ModelServer>
}

/** Servers of models that think before they answer, each as its makers show it. `thoughts` stand before every answer. */
export async function fourServers(thoughts: string): Promise<TeamServer[]> {
  const answer = await knowingModel()
  const says: ModelServer['says'] = async (asked) => ({ answer: await answer(asked), thinking: thoughts })
  const chat = { protocol: 'openai' as const, key: 'sk-test-key-0001', variable: 'OPENAI_API_KEY' }
  const claude = { key: 'sk-ant-test-key-0001', model: 'claude-sonnet-4-5' }
  const pro = { key: 'AIzaSyTest-key-0001', model: 'gemini-2.5-pro' }
  const [tagged, parsed] = ['thinker-tagged', 'thinker-parsed'].map((model) => ({ key: chat.key, model }))
  return [
    { what: 'in tags', ...chat, ...tagged!, serve: () => serveChat({ ...tagged, thinking: 'in tags' }, says) },
    { what: 'vLLM', ...chat, ...parsed!, serve: () => serveChat({ ...parsed, thinking: 'reasoning_content' }, says) },
    {
      what: 'Anthropic',
      protocol: 'anthropic',
      ...claude,
      variable: 'ANTHROPIC_API_KEY',
      serve: () => serveAnthropic(claude, says),
    },
    { what: 'Gemini', protocol: 'gemini', ...pro, variable: 'GEMINI_API_KEY', serve: () => serveGemini(pro, says) },
  ]
}
