import type { TaskRequest } from '#server/core/processes/task-processes.ts'

// Does what a task could do to its process: hang, grow, end it, wait for its turn, fail, or give an answer.
process.on('message', ({ name, args }: TaskRequest) => {
  if (name === 'hang') for (;;);
  if (name === 'grow') {
    const grown: Buffer[] = []
    setInterval(() => grown.push(Buffer.alloc(16 * 1024 ** 2, grown.length)), 1)
    return
  }
  if (name === 'end') process.exit(1)
  if (name === 'wait') return void setTimeout(() => process.send!({ result: args }), 2_500)
  process.send!(name === 'fail' ? { fault: 'It failed' } : name === 'refuse' ? { refusal: 'No.' } : { result: args })
})
process.on('disconnect', () => process.exit())
