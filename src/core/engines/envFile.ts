import { reservedReason } from '../guard/reservedNames'
import { AppError } from '../kernel/appError'
import { ENV_NAME } from '../kernel/shellQuote'

/**
 * Variables of a file as `docker run --env-file` takes it.
 * Shape: `NAME=value`, a line each; the value is all that follows, quotes included; `#` begins a comment line.
 * Absent: a name without `=` is left out, as Docker does when the variable is not set.
 * Errors: `refused`, naming the line and never a value, for a reserved name and for what is no name.
 * Source: docker/cli, pkg/kvfile.
 */
export function parseEnvFile(
  text: string,
  path: string,
): readonly (readonly [name: string, value: string])[] {
  const variables = new Map<string, string>()
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  for (const [index, raw] of lines.entries()) {
    const line = raw.replace(/\r$/, '').trimStart()
    if (line === '' || line.startsWith('#')) continue
    const at = line.indexOf('=')
    const name = at < 0 ? line.trimEnd() : line.slice(0, at)
    const value = at < 0 ? null : line.slice(at + 1)
    const where = `Line ${index + 1} of ${path}`
    if (!ENV_NAME.test(name)) {
      throw new AppError('refused', `${where} does not begin with the name of a variable.`, {
        hint: 'Write NAME=value, with nothing before the =.',
      })
    }
    const reason = reservedReason(name, value)
    if (reason !== null) {
      throw new AppError('refused', `${where} sets ${name}. ${reason}`, {
        hint: `Remove ${name} from ${path}.`,
      })
    }
    if (value !== null) variables.set(name, value)
  }
  return [...variables]
}
