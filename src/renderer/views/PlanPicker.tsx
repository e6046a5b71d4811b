import { Select } from '@base-ui/react/select'
import { Check, ChevronDown, Pencil, Plus } from 'lucide-react'
import type { PlanName } from '../../contract/ids'
import type { PlanView } from '../../contract/plans'
import { plural } from '../format'
import { openPlan } from '../plans/planCommands'
import { useFleet } from '../state/fleetStore'
import { chosenPlan } from './refusals'
import { screenStore, useScreen } from './screenStore'

/** Items that open the editor; no plan can be called so. */
const EDIT = ' edit'
const NEW = ' new'
type Picked = PlanName | typeof EDIT | typeof NEW

/** Which plan START would start. */
export function PlanPicker() {
  const plans = useFleet(state => state.plans)
  const picked = useScreen(state => state.plan)
  const chosen = chosenPlan(plans, picked)
  return (
    <Select.Root<Picked>
      value={chosen?.name ?? null}
      onValueChange={(picked: Picked | null) => pick(picked, chosen)}
      modal={false}
    >
      <Select.Trigger className="plan-picker" aria-label="Plan">
        <span className="plan-word" aria-hidden>
          Plan
        </span>
        <Select.Value className="truncate">{chosen?.name ?? 'none yet'}</Select.Value>
        <Select.Icon className="ml-auto text-t3">
          <ChevronDown size={14} strokeWidth={1.75} aria-hidden />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Positioner className="z-50" sideOffset={4} align="end" alignItemWithTrigger={false}>
          <Select.Popup className="menu w-90">
            <Select.List>
              {plans.map(plan => (
                <Select.Item key={plan.name} value={plan.name} className="menu-item">
                  <Select.ItemIndicator className="menu-check" keepMounted>
                    <Check size={14} strokeWidth={1.75} aria-hidden />
                  </Select.ItemIndicator>
                  <span className="min-w-0">
                    <Select.ItemText className="block truncate font-medium">{plan.name}</Select.ItemText>
                    <span className="block text-dense text-t3">{describe(plan)}</span>
                  </span>
                </Select.Item>
              ))}
              {chosen === null ? null : (
                <Select.Item value={EDIT} className="menu-item plan-item" label="Edit plan">
                  <Pencil size={14} strokeWidth={1.75} aria-hidden />
                  <Select.ItemText className="truncate">Edit plan…</Select.ItemText>
                </Select.Item>
              )}
              <Select.Item value={NEW} className="menu-item plan-item" label="New plan">
                <Plus size={14} strokeWidth={1.75} aria-hidden />
                <Select.ItemText>New plan…</Select.ItemText>
              </Select.Item>
            </Select.List>
          </Select.Popup>
        </Select.Positioner>
      </Select.Portal>
    </Select.Root>
  )
}

function pick(picked: Picked | null, chosen: PlanView | null): void {
  if (picked === NEW) openPlan(null)
  else if (picked === EDIT) openPlan(chosen?.name ?? null)
  else screenStore.setState({ plan: picked })
}

const describe = (plan: PlanView): string =>
  plan.refusal ??
  `${plan.nodes.length === 1 ? plan.nodes[0] : plural(plan.nodes.length, 'node')} · ${plural(plan.workers, 'worker')}`
