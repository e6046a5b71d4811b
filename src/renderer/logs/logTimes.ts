import type { TimeZoneChoice } from './logPanelStore'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** `14:02:09.118`, by the chosen clock. */
export const lineTime = (atMs: number, zone: TimeZoneChoice): string => shiftedIso(atMs, zone).slice(11, 23)

/** `2026-09-24 14:02:09.118 UTC`, `2026-09-24 16:02:09.118 UTC+02:00` */
export function fullTime(atMs: number, zone: TimeZoneChoice): string {
  const iso = shiftedIso(atMs, zone)
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC${zone === 'utc' ? '' : offsetWords(atMs)}`
}

/** Also the local clock's digits, as if they were UTC's. */
function shiftedIso(atMs: number, zone: TimeZoneChoice): string {
  const at = new Date(atMs)
  return (zone === 'utc' ? at : new Date(atMs - at.getTimezoneOffset() * MINUTE_MS)).toISOString()
}

function offsetWords(atMs: number): string {
  const minutes = -new Date(atMs).getTimezoneOffset()
  if (minutes === 0) return ''
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
}

const TYPED =
  /^(?:(\d{4})-(\d{1,2})-(\d{1,2})[T ]+)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?\s*(Z|UTC)?$/i

/**
 * The moment that somebody typed: `14:02`, `14:02:09`, `14:02:09.5`, `2026-09-24 14:02:09`, and any of them with `Z`.
 *
 * Shape:  without a date it is the last time it was that late, `lastMs` at the latest.
 * Units:  epoch ms; digits are of the chosen clock, or UTC's after `Z` or `UTC`.
 * Absent: null for anything else.
 */
export function parseTypedTime(text: string, zone: TimeZoneChoice, lastMs: number): number | null {
  const [found, year, month, day, hours, minutes, seconds = '0', fraction = '', utc] =
    TYPED.exec(text.trim()) ?? []
  if (found === undefined) return null
  const ms = Number(fraction.padEnd(3, '0'))
  const clock = [Number(hours), Number(minutes), Number(seconds), ms] as const
  if (clock[0] > 23 || clock[1] > 59 || clock[2] > 59) return null
  const isUtc = zone === 'utc' || utc !== undefined
  if (year !== undefined) return dateMs([Number(year), Number(month) - 1, Number(day)], clock, isUtc)
  const today = dayOf(lastMs, isUtc)
  const atMs = dateMs(today, clock, isUtc)
  return atMs === null || atMs <= lastMs ? atMs : dateMs(dayOf(lastMs - DAY_MS, isUtc), clock, isUtc)
}

type Day = readonly [year: number, month: number, day: number]
type ClockTime = readonly [hours: number, minutes: number, seconds: number, ms: number]

function dayOf(atMs: number, isUtc: boolean): Day {
  const at = new Date(atMs)
  return isUtc
    ? [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
    : [at.getFullYear(), at.getMonth(), at.getDate()]
}

/** null for the 30th of February. */
function dateMs(day: Day, clock: ClockTime, isUtc: boolean): number | null {
  const [year, month, date] = day
  const atMs = isUtc ? Date.UTC(year, month, date, ...clock) : new Date(year, month, date, ...clock).getTime()
  const [, foundMonth, foundDate] = dayOf(atMs, isUtc)
  return foundMonth === month && foundDate === date ? atMs : null
}
