import type { ResultRow } from '../../contract/runs'
import { fraction, money, plain, ratio } from '../format'

/** How a value is read: money, a share of one, a plain ratio, or just a number. */
type Kind = 'money' | 'fraction' | 'ratio' | 'number'

export interface ResultColumn {
  readonly key: string
  readonly heading: string
  readonly kind: Kind
  /** Money to the cent; without, when a value of the column is so large that cents say nothing. */
  readonly hasCents: boolean
  /** Up and down is gain and loss: sign, arrow and colour. */
  readonly isGain: boolean
}

const column = (key: string, heading: string, kind: Kind, isGain = false): ResultColumn => ({
  key,
  heading,
  kind,
  hasCents: true,
  isGain,
})

/** Keys that traders' programs print, in the order they are read. */
const KNOWN: readonly ResultColumn[] = [
  column('pnl', 'P&L', 'money', true),
  column('medianWealth', 'Median', 'money'),
  column('finalWealth', 'Final', 'money'),
  column('equity', 'Equity', 'money'),
  column('totalReturn', 'Return', 'fraction', true),
  column('return', 'Return', 'fraction', true),
  column('cagr', 'CAGR', 'fraction', true),
  column('volatility', 'Volatility', 'fraction'),
  column('sharpe', 'Sharpe', 'ratio'),
  column('sortino', 'Sortino', 'ratio'),
  column('calmar', 'Calmar', 'ratio'),
  column('profitFactor', 'Profit factor', 'ratio'),
  column('maxDrawdown', 'Max DD', 'fraction'),
  column('winRate', 'Win rate', 'fraction'),
  column('ruin', 'Ruin', 'fraction'),
  column('trades', 'Trades', 'number'),
]

/** The columns these rows need: the known ones first, the others as they came. */
export function columnsOf(rows: readonly ResultRow[]): readonly ResultColumn[] {
  const keys = new Set(rows.flatMap(row => Object.keys(row.values)))
  const known = KNOWN.filter(one => keys.has(one.key)).map(one => ({ ...one, hasCents: isSmall(rows, one) }))
  const others = [...keys].filter(key => KNOWN.every(one => one.key !== key))
  return [...known, ...others.map(key => column(key, headingOf(key), 'number'))]
}

/** From here on cents say nothing. */
const LARGE_MONEY = 10_000
const isSmall = (rows: readonly ResultRow[], { key }: ResultColumn): boolean =>
  rows.every(row => Math.abs(row.values[key] ?? 0) < LARGE_MONEY)

/** `maxRunUp` reads `Max run up`. */
function headingOf(key: string): string {
  const words = key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export interface Cell {
  readonly text: string
  readonly trend: 'gain' | 'loss' | null
}

/** A value as its column shows it. Absent: a dash, never 0. */
export function cellOf({ kind, isGain, hasCents }: ResultColumn, value: number | null | undefined): Cell {
  if (value === null || value === undefined) return { text: '—', trend: null }
  const text = FORMATS[kind](kind === 'money' && !hasCents ? Math.round(value) : value)
  const isNothing = !/[1-9]/.test(text)
  if (!isGain || isNothing) return { text, trend: null }
  return value > 0 ? { text: `+${text}`, trend: 'gain' } : { text, trend: 'loss' }
}

const FORMATS: Readonly<Record<Kind, (value: number) => string>> = { money, fraction, ratio, number: plain }

/** `null` is the order in which they came. */
export interface ResultSort {
  readonly key: string
  readonly isDescending: boolean
}

/** Sorting is an act of the person; what is not reported comes last either way. */
export function sorted(rows: readonly ResultRow[], sort: ResultSort | null): readonly ResultRow[] {
  if (sort === null) return rows
  const sign = sort.isDescending ? -1 : 1
  return [...rows].sort((one, other) => {
    if (sort.key === 'name') return sign * one.name.localeCompare(other.name, 'en', { numeric: true })
    const [a, b] = [one.values[sort.key] ?? null, other.values[sort.key] ?? null]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return sign * (a - b)
  })
}

/** First the highest, then the lowest, then as they came; names the other way round. */
export function nextSort(sort: ResultSort | null, key: string): ResultSort | null {
  const isFirstDescending = key !== 'name'
  if (sort?.key !== key) return { key, isDescending: isFirstDescending }
  return sort.isDescending === isFirstDescending ? { key, isDescending: !isFirstDescending } : null
}
