import { serveArena } from './commands/serve.ts'
import { endWithSentence } from './core/terminal/exit.ts'

// `npm start` and `npm run dev`: the server, its worker and, with the embedded database, the samples.
await serveArena({ dev: process.argv.includes('--dev') }).catch(endWithSentence)
