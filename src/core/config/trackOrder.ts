import type { Finding, Path } from './fleetProblem'
import type { Entry } from './rawFields'
import { field, isText, list, meant } from './rawFields'

/** What is wrong with `after` of the tracks of one plan. */
export function orderFindings(tracks: readonly Entry[]): Finding[] {
  const names = tracks.map(track => field(track.value, 'name')).filter(isText)
  const wrong = tracks.flatMap(track => references(track, names))
  return wrong.length > 0 ? wrong : cycles(tracks)
}

/** A track and the tracks that must have succeeded before it starts. */
export interface Ordered {
  readonly name: string
  readonly after: readonly string[]
}

/**
 * The tracks in the order of their starting: those of one step start together, each as early as it can. Tracks that
 * wait for each other, or for what is not there, are in none.
 */
export function startSteps<T extends Ordered>(tracks: readonly T[]): readonly (readonly T[])[] {
  const steps: (readonly T[])[] = []
  const done = new Set<string>()
  let rest = tracks
  while (rest.length > 0) {
    const ready = rest.filter(({ after }) => after.every(name => done.has(name)))
    if (ready.length === 0) break
    steps.push(ready)
    for (const { name } of ready) done.add(name)
    rest = rest.filter(track => !ready.includes(track))
  }
  return steps
}

function references(track: Entry, names: readonly string[]): Finding[] {
  const own = field(track.value, 'name')
  const after = list(field(track.value, 'after'))
  return after.flatMap((name, position): Finding[] => {
    const path: Path = [...track.path, 'after', position]
    if (!isText(name)) return []
    const tell = (message: string, fix: string): Finding[] => [{ path, at: 'value', message, fix }]
    if (name === own) return tell(`${name} cannot wait for itself.`, `Remove ${name} from after.`)
    if (name === 'prerequisite') {
      return tell('Every track waits for the prerequisite by itself.', 'Remove it from after.')
    }
    if (!names.includes(name)) {
      const others = names.filter(each => each !== own)
      const fix = others.length === 0 ? 'Remove it from after.' : `Use one of: ${others.join(', ')}.`
      return tell(`There is no track ${name} in this plan.`, meant(name, others) ?? fix)
    }
    return after.indexOf(name) === position ? [] : tell(`${name} is listed twice.`, 'Keep one of the two.')
  })
}

/** Each cycle is told once, at the track of it that stands first. */
function cycles(tracks: readonly Entry[]): Finding[] {
  const after = new Map<string, readonly string[]>()
  for (const { value } of tracks) {
    const name = field(value, 'name')
    if (isText(name)) after.set(name, list(field(value, 'after')).filter(isText))
  }
  const told = new Set<string>()
  return tracks.flatMap((track): Finding[] => {
    const name = field(track.value, 'name')
    const cycle = isText(name) && !told.has(name) ? cycleFrom(name, after) : null
    if (cycle === null) return []
    for (const each of cycle) told.add(each)
    const steps = cycle.map((each, index) => `${each} waits for ${cycle[(index + 1) % cycle.length]}`)
    const position = list(field(track.value, 'after')).indexOf(cycle[1] ?? cycle[0])
    const message = `${steps.join(', ')}: none of them would ever start.`
    const path = [...track.path, 'after', position]
    return [{ path, at: 'value', message, fix: 'Take one of them out of after.' }]
  })
}

/** The shortest way from a track back to itself; null when there is none. */
function cycleFrom(name: string, after: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const seen = new Set<string>()
  let ways: readonly (readonly string[])[] = [[name]]
  while (ways.length > 0) {
    const next: (readonly string[])[] = []
    for (const way of ways) {
      for (const step of after.get(way.at(-1) ?? '') ?? []) {
        if (step === name) return way
        if (seen.has(step)) continue
        seen.add(step)
        next.push([...way, step])
      }
    }
    ways = next
  }
  return null
}
