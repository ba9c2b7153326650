// The engine's thread, silenced: the engine writes remarks on every picture to stderr, which help nobody.
import { createRequire } from 'node:module'

process.stderr.write = () => true
createRequire(import.meta.url)('tesseract.js/src/worker-script/node/index.js')
