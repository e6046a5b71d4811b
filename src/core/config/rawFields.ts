import type { Path } from './fleetProblem'
import { nearestWord } from './nearestWord'

/** Reading a fleet file as it stands, whatever is wrong with it: what has an unexpected type reads as not there. */

/** An item of a list, and where it stands. */
export interface Entry {
  readonly path: Path
  readonly value: unknown
}

export function entries(parent: unknown, key: string, base: Path = []): Entry[] {
  return list(field(parent, key)).map((value, position) => ({ value, path: [...base, key, position] }))
}

export function field(value: unknown, key: string): unknown {
  const fields = record(value)
  return Object.hasOwn(fields, key) ? fields[key] : undefined
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

export function meant(word: string, candidates: readonly string[]): string | null {
  const near = nearestWord(word, candidates)
  return near === null ? null : `Did you mean ${near}?`
}
