import type { Finding, Path } from './fleetProblem'
import { planFindings } from './planRules'
import type { Entry } from './rawFields'
import { entries, field, isText, list } from './rawFields'
import { environment, workdir } from './textRules'

/**
 * What a schema cannot say: names that must be unique, references, patterns, placeholders, reserved variables.
 * Reads the file as it stands, whatever else is wrong with it, so that all problems are told at once: what has an
 * unexpected type is passed over here, because the schema reports it.
 */
export function ruleFindings(raw: unknown): readonly Finding[] {
  const nodes = entries(raw, 'nodes')
  const plans = entries(raw, 'plans')
  const known = {
    nodes: nodes.map(node => field(node.value, 'name')).filter(isText),
    roles: nodes.flatMap(node => list(field(node.value, 'roles'))).filter(isText),
  }
  return [
    ...doubles(nodes, 'node'),
    ...doubles(plans, 'plan'),
    ...plans.flatMap(plan => doubles(entries(plan.value, 'tracks', plan.path), 'track')),
    ...nodes.flatMap(node => [...environment(node), ...workdir(node)]),
    ...plans.flatMap(plan => planFindings(plan, known)),
  ]
}

function doubles(named: readonly Entry[], what: string): Finding[] {
  const first = new Map<string, Path>()
  return named.flatMap(({ value, path }) => {
    const name = field(value, 'name')
    if (!isText(name)) return []
    if (!first.has(name)) {
      first.set(name, path)
      return []
    }
    const message = `Two ${what}s are called ${name}.`
    return [{ path: [...path, 'name'], at: 'value', message, fix: `Give this ${what} another name.` }]
  })
}
