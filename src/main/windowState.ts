import { readFileSync, writeFileSync } from 'node:fs'
import type { Settings } from '../contract/events'

export interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What the window remembers from one start to the next. */
export interface WindowState {
  /** null: the default size, where the desktop puts it. */
  readonly bounds: Bounds | null
  readonly isMaximized: boolean
  /** Known before the engine is: the first paint has the right colour. */
  readonly theme: Settings['theme']
}

export const DEFAULT_SIZE = { width: 1440, height: 900 } as const
export const MIN_SIZE = { width: 900, height: 600 } as const

/** Absent or unreadable: the defaults. */
export function readWindowState(file: string): WindowState {
  return parseWindowState(readText(file))
}

/** The folder is Drydock's own. A state that cannot be kept is no reason to keep the window open. */
export function writeWindowState(file: string, state: WindowState): void {
  writeFileSync(file, `${JSON.stringify(state)}\n`, { mode: 0o600 })
}

/** Pure. Whatever is not as it should be counts as absent. */
export function parseWindowState(text: string): WindowState {
  const found = parseObject(text)
  const theme = found['theme']
  return {
    bounds: parseBounds(found['bounds']),
    isMaximized: found['isMaximized'] === true,
    theme: theme === 'light' || theme === 'system' ? theme : 'dark',
  }
}

/** Pure. The remembered place when a fair part of it is on a screen that is there now, else null. */
export function boundsOnScreen(bounds: Bounds | null, screens: readonly Bounds[]): Bounds | null {
  if (bounds === null) return null
  return screens.some(screen => overlap(bounds, screen).width >= 200 && overlap(bounds, screen).height >= 100)
    ? bounds
    : null
}

function overlap(a: Bounds, b: Bounds): { readonly width: number; readonly height: number } {
  return {
    width: Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
    height: Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
  }
}

function parseBounds(value: unknown): Bounds | null {
  const { x, y, width, height } = asRecord(value)
  if (![x, y, width, height].every(Number.isInteger)) return null
  const bounds = { x, y, width, height } as Bounds
  return bounds.width >= MIN_SIZE.width && bounds.height >= MIN_SIZE.height ? bounds : null
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return asRecord(JSON.parse(text))
  } catch {
    return {}
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
