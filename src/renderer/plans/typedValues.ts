/** What a typed text means. */
export interface Reading<T> {
  readonly value: T
}

/** `20`, `0.5`, `0,5`; null for anything else. */
export function parseNumber(text: string): Reading<number> | null {
  const plain = text.trim().replace(',', '.')
  return /^\d+(\.\d*)?$/.test(plain) ? { value: Number(plain) } : null
}

export const formatNumber = (value: number | null): string => (value === null ? '' : String(value))

type Range = number | readonly [number, number] | null

/** `2`, `2–4`, `2-4`; nothing is null. */
export function parseRange(text: string): Reading<number | [number, number] | null> | null {
  if (text.trim() === '') return { value: null }
  const parts = text.split(/\s*(?:–|-|\bto\b)\s*/).map(parseNumber)
  const [low, high] = parts
  if (low === undefined || low === null || high === null || parts.length > 2) return null
  return { value: high === undefined ? low.value : [low.value, high.value] }
}

export const formatRange = (value: Range): string =>
  value === null ? '' : typeof value === 'number' ? String(value) : `${value[0]}–${value[1]}`

/** One a line; what is empty is nothing. */
export const parseList = (text: string): Reading<readonly string[]> => ({
  value: text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== ''),
})

export const formatList = (value: readonly string[]): string => value.join('\n')
