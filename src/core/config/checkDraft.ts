import type { PlanName } from '../../contract/ids'
import type { DraftProblem, PlanDraft } from '../../contract/plans'
import { draftPath } from './draftPath'
import type { Finding, Path } from './fleetProblem'
import { ruleFindings } from './fleetRules'
import type { Fleet } from './fleetSchema'
import { FleetFile } from './fleetSchema'
import { writtenPlan } from './planDraft'
import type { PlanConfig } from './planSchema'
import { explainIssue, schemaFindings } from './schemaProblems'

export type CheckedDraft =
  { readonly plan: PlanConfig } | { readonly problems: readonly [DraftProblem, ...DraftProblem[]] }

/**
 * Holds a draft against the schema and the rules of `fleet.yaml`, in the place of the plan that it replaces. Pure.
 * Each problem has the path of its field in the draft.
 */
export function checkDraft(fleet: Fleet, draft: PlanDraft, replaces: PlanName | null): CheckedDraft {
  const base = fleet.plans.find(plan => plan.name === replaces) ?? null
  const others = { ...fleet, plans: fleet.plans.filter(plan => plan !== base) }
  const written = writtenPlan(draft, base)
  const { plan, findings } = checkPlan(others, written)
  const found = findings.map(({ path, at, message, fix }): DraftProblem => {
    const isEmpty = valueAt(written, path) === ''
    return { path: draftPath(draft, path, at), ...(isEmpty ? EMPTY : { message, fix }) }
  })
  const gone = replaces === null || base !== null ? [] : [goneFrom(replaces)]
  const [first, ...more] = withoutDoubles([...gone, ...found, ...doubleVariables(draft)])
  if (first !== undefined) return { problems: [first, ...more] }
  if (plan === null) throw new Error('a draft without a problem is no plan')
  return { plan }
}

/**
 * Holds a plan, as it stands in the file, against the schema and the rules, as one more plan of a fleet. Paths of what
 * is found begin in the plan.
 */
export function checkPlan(
  fleet: Fleet,
  written: unknown,
): { readonly plan: PlanConfig | null; readonly findings: readonly Finding[] } {
  // Last, so that of two plans with one name it is this one that is told to choose another.
  const raw = { ...fleet, plans: [...fleet.plans, written] }
  const parsed = FleetFile.safeParse(raw, { error: explainIssue })
  const schema = parsed.success ? [] : schemaFindings(parsed.error.issues, raw)
  const findings = [...schema, ...ruleFindings(raw)].flatMap(finding => {
    const [room, index, ...path] = finding.path
    return room === 'plans' && index === fleet.plans.length ? [{ ...finding, path }] : []
  })
  return { plan: parsed.data?.plans.at(-1) ?? null, findings }
}

function goneFrom(name: PlanName): DraftProblem {
  return {
    path: ['name'],
    message: `There is no plan ${name} in fleet.yaml any more.`,
    fix: 'Somebody has removed or renamed it. Save this as a new plan.',
  }
}

const EMPTY = { message: 'This is empty.', fix: 'Write something here.' }

/** In the file a variable cannot come twice, because it is a key there. */
function doubleVariables({ tracks }: PlanDraft): DraftProblem[] {
  return tracks.flatMap(({ env }, track) => {
    const names = env.map(({ name }) => name)
    return names.flatMap((name, index): DraftProblem[] => {
      if (names.indexOf(name) === index) return []
      const path = ['tracks', track, 'env', index, 'name']
      return [{ path, message: `${name} is set twice.`, fix: 'Keep one of the two.' }]
    })
  })
}

/** What is empty breaks several rules; one sentence is enough. */
function withoutDoubles(problems: readonly DraftProblem[]): DraftProblem[] {
  return [...new Map(problems.map(problem => [JSON.stringify(problem), problem])).values()]
}

function valueAt(value: unknown, path: Path): unknown {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = (here as Readonly<Record<string | number, unknown>>)[step]
  }
  return here
}
