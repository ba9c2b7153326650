import pino from 'pino'
import type { FastifyBaseLogger } from 'fastify'
import { notice } from './notices.ts'
import { isOutage } from '../postgres/outage.ts'

/** The log of a server or a worker: JSON lines on standard output. An outage of the database has no trace: it is nobody's mistake. */
export function jsonLog(level: string): FastifyBaseLogger {
  return pino({ level, serializers })
}

/** The log of a command, for the person at the terminal: a sentence a line. At level debug or below it is JSON. */
export function sentenceLog(level: string): FastifyBaseLogger {
  if (level === 'debug') return pino({ level, serializers }, pino.destination(2))
  return pino({ level, serializers }, { write: (line: string) => notice(sentenceOf(line)) })
}

const serializers = {
  err: (error: Error & { code?: string }) =>
    isOutage(error) ? { type: error.name, message: error.message, code: error.code } : pino.stdSerializers.err(error),
}

function sentenceOf(line: string): string {
  const { msg, err } = JSON.parse(line) as { msg: string; err?: { message: string } }
  return `arena: ${msg}${err ? ` (${err.message})` : ''}`
}
