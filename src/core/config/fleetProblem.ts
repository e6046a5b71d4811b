import type { Document, LineCounter, Node } from 'yaml'
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml'

/** One thing that is wrong with a fleet file. `message` and `fix` are sentences for the person who wrote it. */
export interface FleetProblem {
  /** Name of the file, without its folder. */
  readonly file: string
  /** Both count from 1. */
  readonly line: number
  readonly column: number
  /** Where in the document, e.g. `nodes[1].ssh.port`; empty for the document itself. */
  readonly path: string
  readonly message: string
  readonly fix: string
}

export type Path = readonly (string | number)[]

/** A problem before its place in the text is known. */
export interface Finding {
  readonly path: Path
  /** Which half of a `key: value` is wrong. */
  readonly at: 'key' | 'value'
  readonly message: string
  readonly fix: string
  /** A part of the value's text that is wrong: the problem points at it. */
  readonly part?: string
}

/** Finds the line and column of a finding; of a key that is missing, those of what it is missing in. */
export function createLocator(doc: Document, text: string, lines: LineCounter) {
  function offsetOf({ path, at, part }: Finding): number {
    const { key, value, isWhole } = descend(doc, path)
    const node = at === 'key' || !isWhole ? (key ?? value) : (value ?? key)
    const [start, end] = node?.range ?? [0, 0]
    const within = part === undefined ? -1 : text.slice(start, end).indexOf(part)
    return within === -1 ? start : start + within
  }

  return (file: string, finding: Finding): FleetProblem => {
    const { line, col } = lines.linePos(offsetOf(finding))
    return {
      file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: writePath(finding.path),
      message: named(finding.message, finding.path),
      fix: finding.fix,
    }
  }
}

/** The nodes that `path` leads to, or, when it leaves the document, the last ones on the way. */
function descend(doc: Document, path: Path) {
  let key: Node | null = null
  let value: Node | null = doc.contents
  for (const step of path) {
    const inside: unknown = isAlias(value) ? value.resolve(doc) : value
    if (isMap(inside)) {
      const pair = inside.items.find(item => isScalar(item.key) && String(item.key.value) === String(step))
      if (pair === undefined) return { key, value, isWhole: false }
      key = isNode(pair.key) ? pair.key : key
      value = isNode(pair.value) ? pair.value : null
    } else if (isSeq(inside) && isNode(inside.items[Number(step)])) {
      const item: unknown = inside.items[Number(step)]
      key = null
      value = isNode(item) ? item : null
    } else {
      return { key, value, isWhole: false }
    }
  }
  return { key, value, isWhole: true }
}

/** Sentences that begin with "This" say its name instead: they may stand where the path does not. */
function named(message: string, path: Path): string {
  const last = path.at(-1)
  return typeof last === 'string'
    ? message.replace(/^This(?= (?:is|must|has|contains) )/, () => last)
    : message
}

function writePath(path: Path): string {
  return path
    .map((step, position) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(step)}]`
      return position === 0 ? step : `.${step}`
    })
    .join('')
}
