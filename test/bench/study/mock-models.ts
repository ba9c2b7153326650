import { createServer } from 'node:http'

// The endpoint of all models of the study, in a process of its own: `mock-models.ts PORT`. What a model answers to a
// question carries the model's strength in Elo points, which its raters read, and never its name.
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('end', () => {
      const name = /"model":\s*"mock-(\d+)"/.exec(Buffer.concat(chunks).toString())
      response.setHeader('content-type', 'application/json')
      if (!name) return void response.end('{"data":[]}')
      response.end(answerOf(Number(name[1])))
    })
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send!('listening'))
process.on('disconnect', () => process.exit())

function answerOf(model: number): string {
  return JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: `mock-${model}`,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: `There are ${1000 - 10 * model} of them in the picture.` },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  })
}
