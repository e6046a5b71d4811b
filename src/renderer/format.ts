/** U+2009: between a number and its unit. */
const THIN = '\u2009'
/** U+2212: as wide as a plus, so columns of signed numbers line up. */
const MINUS = '\u2212'
/** What stands where nothing was reported. Never a zero. */
const ABSENT = '—'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const free = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 })

/** `74`: whole, without its unit. */
export const percentDigits = (percent: number | null): string =>
  percent === null ? ABSENT : withMinus(whole.format(Math.round(percent)))

/** `74 %` */
export const percent = (value: number | null): string =>
  value === null ? ABSENT : `${percentDigits(value)}${THIN}%`

/** `6.2`: GiB from MiB. */
const gibDigits = (mib: number): string => (mib / 1024).toFixed(1)

/** `32 GiB`, `31.3 GiB`: what a machine has, from MiB. */
export const gibTotal = (mib: number): string => `${gibDigits(mib).replace(/\.0$/, '')}${THIN}GiB`

/** `6.2 GiB` from MiB. */
export const gib = (mib: number | null): string => (mib === null ? ABSENT : `${gibDigits(mib)}${THIN}GiB`)

/** `6.2/8.0 GiB` from MiB. */
export const gibOf = (usedMiB: number | null, totalMiB: number | null): string | null => {
  if (totalMiB === null) return usedMiB === null ? null : gib(usedMiB)
  return usedMiB === null ? gib(totalMiB) : `${gibDigits(usedMiB)}/${gib(totalMiB)}`
}

/** `530/960 GiB`, `1.2/2.4 TiB`: what many cards hold together, from MiB. */
export function memoryOf(usedMiB: number, totalMiB: number): string {
  if (totalMiB < 100 * 1024) return gibOf(usedMiB, totalMiB) ?? ABSENT
  const [perUnit, name, digits] = totalMiB < 1000 * 1024 ? [1024, 'GiB', 0] : [1024 * 1024, 'TiB', 1]
  return `${(usedMiB / perUnit).toFixed(digits)}/${unit((totalMiB / perUnit).toFixed(digits), name)}`
}

/** `0.9 GiB`, `212 GiB`, `1.4 TiB`: what a disk holds, from MiB. */
export function diskSize(mib: number): string {
  if (mib >= 1024 * 1024) return `${(mib / 1024 / 1024).toFixed(1)}${THIN}TiB`
  return mib >= 10 * 1024 ? `${whole.format(mib / 1024)}${THIN}GiB` : gib(mib)
}

const RATES = ['B/s', 'KiB/s', 'MiB/s', 'GiB/s'] as const

/** `0 B/s`, `12 KiB/s`, `1.4 MiB/s`: how fast bytes come or go. */
export function byteRate(bytesPerS: number | null): string {
  if (bytesPerS === null) return ABSENT
  const step = bytesPerS < 1 ? 0 : Math.min(RATES.length - 1, Math.floor(Math.log2(bytesPerS) / 10))
  const value = bytesPerS / 1024 ** step
  const digits = value < 10 && step > 0 ? value.toFixed(1) : whole.format(value)
  return unit(digits.replace(/\.0$/, ''), RATES[step] ?? '')
}

const SIZES = ['B', 'kB', 'MB', 'GB'] as const

/** `0 B`, `12 kB`, `1.2 MB`, `3.4 GB`: how large a file is, in the units that file managers use. */
export function byteSize(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  const digits = step > 1 && value < 100 ? value.toFixed(1) : whole.format(value)
  return unit(digits.replace(/\.0$/, ''), SIZES[step] ?? '')
}

/** `20.4 s`: what was measured, to a tenth. */
export const seconds = (ms: number): string => unit((Math.max(0, ms) / SECOND).toFixed(1), 's')

/** `0.8 s`, `12 s`, `21 m 07 s`, `4 h 50 m`, `3 d 04 h`: how long something took. */
export function duration(ms: number): string {
  const past = Math.max(0, ms)
  if (past < 10 * SECOND) return unit((Math.floor(past / 100) / 10).toFixed(1), 's')
  if (past < MINUTE) return unit(Math.floor(past / SECOND), 's')
  if (past < HOUR)
    return `${unit(Math.floor(past / MINUTE), 'm')} ${unit(padded((past % MINUTE) / SECOND), 's')}`
  if (past < DAY) return `${unit(Math.floor(past / HOUR), 'h')} ${unit(padded((past % HOUR) / MINUTE), 'm')}`
  return `${unit(whole.format(Math.floor(past / DAY)), 'd')} ${unit(padded((past % DAY) / HOUR), 'h')}`
}

/** `8 s`, `2 min`, `3 h`, `2 d`: one unit, for sentences. */
export function span(ms: number): string {
  const past = Math.max(0, ms)
  if (past < MINUTE) return unit(Math.floor(past / SECOND), 's')
  if (past < HOUR) return unit(Math.floor(past / MINUTE), 'min')
  if (past < DAY) return unit(Math.floor(past / HOUR), 'h')
  return unit(whole.format(Math.floor(past / DAY)), 'd')
}

/** `12 s ago` */
export const age = (ms: number): string => `${span(ms)} ago`

/** `0.4 s`, `12 s`, `2 min`: fine enough to see that samples keep coming. */
export const freshness = (ms: number): string =>
  ms < 10 * SECOND ? unit((Math.max(0, ms) / SECOND).toFixed(1), 's') : span(ms)

/** `12 min left`; seconds are rounded up, so the last one does not read 0. */
export function timeLeft(ms: number): string {
  if (ms < MINUTE) return `${unit(Math.max(1, Math.ceil(ms / SECOND)), 's')} left`
  if (ms < 2 * HOUR) return `${unit(Math.round(ms / MINUTE), 'min')} left`
  return ms < 2 * DAY ? `${unit(Math.round(ms / HOUR), 'h')} left` : `${unit(Math.round(ms / DAY), 'd')} left`
}

/** How long until `total`, or null when it cannot be said. */
export function etaMs(progress: {
  step: number
  total: number | null
  ratePerS: number | null
}): number | null {
  const { step, total, ratePerS } = progress
  if (total === null || ratePerS === null || ratePerS <= 0) return null
  return (Math.max(0, total - step) / ratePerS) * SECOND
}

/** `14:02:11`, UTC. */
export const clockTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 19)

/** `13:41` today, `23 Nov 09:12` on another day, UTC. */
export function startTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const time = at.toISOString().slice(11, 16)
  if (at.toISOString().slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10)) return time
  const month = at.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' })
  return `${at.getUTCDate()} ${month} ${time}`
}

/** `1,262` */
export const count = (value: number): string => withMinus(whole.format(value))

/** `18,930`, `−1,204.50`: money without a currency; cents below ten thousand unless there are none. */
export const money = (value: number): string =>
  withMinus((Math.abs(value) >= 10_000 || Number.isInteger(value) ? whole : cents).format(value))

/** `−18.2 %` from −0.182. */
export const fraction = (value: number): string => `${withMinus((value * 100).toFixed(1))}${THIN}%`

/** `0.61`, `−1.20` */
export const ratio = (value: number): string => withMinus(cents.format(value))

/** Any other number, four digits that matter. */
export const plain = (value: number): string =>
  withMinus(Math.abs(value) >= 1000 ? whole.format(value) : free.format(value))

/** `1 worker`, `2 workers` */
export const plural = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`

const unit = (value: number | string, name: string): string => `${value}${THIN}${name}`
const padded = (value: number): string => String(Math.floor(value)).padStart(2, '0')
/** Also: what rounds to zero has no sign. */
const withMinus = (text: string): string => {
  if (!text.startsWith('-')) return text
  return /[1-9]/.test(text) ? MINUS + text.slice(1) : text.slice(1)
}
