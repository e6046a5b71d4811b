import { AppError } from './appError'

/**
 * One word for a POSIX shell, byte for byte what `value` is. The only way in which a value enters a shell line.
 * Inside single quotes nothing is special but the quote itself, so `'` becomes `'\''`.
 * Errors: `refused` for NUL, which no argument can carry.
 */
export function shellQuote(value: string): string {
  if (value.includes('\0')) {
    throw new AppError('refused', 'A value contains a NUL byte.', { hint: 'Remove it from fleet.yaml.' })
  }
  return `'${value.replaceAll("'", `'\\''`)}'`
}

/** Environment names that a shell can export. */
export const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
