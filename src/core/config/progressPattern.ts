import { heard, says } from './problemText'

export type ProgressPattern =
  | { readonly regex: RegExp; readonly groups: 1 | 2 }
  | { readonly regex: null; readonly message: string; readonly fix: string }

const EXAMPLE = "Write for example 'iteration (\\d+)/(\\d+)': step, then total."

/**
 * Compiles `progress.match`: one group is the step, two are step and total.
 * A repeated group that itself repeats without limit, like `(a+)+`, is not accepted: on an unlucky line it takes
 * longer than the universe has, and it would stand still with everything else.
 */
export function compileProgressPattern(source: string): ProgressPattern {
  let regex: RegExp
  let groups: number
  try {
    regex = new RegExp(source)
    groups = (new RegExp(`${source}|`).exec('')?.length ?? 1) - 1
  } catch {
    return refusal(says('This is not a valid regular expression.', EXAMPLE))
  }
  if (groups === 0) return refusal(says('The pattern has no group, so there is no step to read.', EXAMPLE))
  if (groups > 2) {
    return refusal(
      says(
        'The pattern has more than two groups.',
        'Keep one for the step and one for the total; others (?:…).',
      ),
    )
  }
  if (hasNestedRepeat(source)) {
    return refusal(
      says('A repeated group repeats inside: this can take for ever.', 'Repeat once, for example [\\d,]+.'),
    )
  }
  return { regex, groups: groups === 1 ? 1 : 2 }
}

function refusal(text: string): ProgressPattern {
  return { regex: null, ...heard(text) }
}

/** Whether a group with an unlimited repeat inside is itself repeated. `source` is a valid regular expression. */
function hasNestedRepeat(source: string): boolean {
  const atoms = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\(|\)|[^]/g
  const repeat = /[*+]|\{\d+,\d*\}|\{\d{2,}\}/y
  const open: boolean[] = [] // for each open group: whether something in it repeats
  let inside = false
  for (const { 0: atom, index } of source.matchAll(atoms)) {
    if (atom === '(') {
      open.push(inside)
      inside = false
      continue
    }
    repeat.lastIndex = index + atom.length
    const isRepeated = repeat.test(source)
    if (atom === ')') {
      if (isRepeated && inside) return true
      inside = (open.pop() ?? false) || inside || isRepeated
    } else {
      inside ||= isRepeated
    }
  }
  return false
}
