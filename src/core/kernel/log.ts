/** The engine's own log: one JSON object a line. Never gets a secret, an environment or a command's arguments. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** Returns the `ref` that joins what the screen shows to this line. */
  error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): string
}
