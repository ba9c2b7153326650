/** The part of a structured logger that the baselines use; any pino logger fits. */
export interface BaselineLogger {
  info(fields: object, message: string): void
}

/** Says nothing. */
export const silentLogger: BaselineLogger = { info: () => undefined }
