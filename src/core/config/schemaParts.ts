import { z } from 'zod'
import { says } from './problemText'

/** What several parts of `fleet.yaml` are made of. */

export const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: says(
    'This is not a name that a shell can export.',
    'Use letters, digits and _, not starting with a digit.',
  ),
})
export const env = z
  .record(envName, z.string())
  .describe('Environment variables; a leading ~/ is the home folder')
export const percent = z.number().min(0).max(100)
export const port = z.number().int().min(1).max(65_535)

/** A number, or `[low, high]`. */
export const range = z.union(
  [
    z.number().nonnegative(),
    z.tuple([z.number().nonnegative(), z.number().nonnegative()]).refine(([low, high]) => low <= high, {
      error: says('The low end is above the high end.', 'Write the smaller number first.'),
    }),
  ],
  { error: says('This must be a number or [low, high].', 'Write a number, for example 2, or [1, 2].') },
)
