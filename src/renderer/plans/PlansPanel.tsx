import { Menu } from '@base-ui/react/menu'
import { Copy, Ellipsis, ListChecks, Pencil, Plus, Shapes, Trash2 } from 'lucide-react'
import type { PlanView } from '../../contract/plans'
import { Button } from '../components/Button'
import { EmptyState, Panel } from '../components/Panel'
import { StateIcon } from '../components/StateIcon'
import { count, plural } from '../format'
import { useFleet } from '../state/fleetStore'
import { useActions } from '../views/actions'
import { ownRuns } from '../views/refusals'
import { deletePlan, duplicatePlan, openPlan, openStart } from './planCommands'
import { isChanged } from './planEdit'
import { usePlans } from './planStore'

/** What can be started, and where it is changed. */
export function PlansPanel() {
  const plans = useFleet(state => state.plans)
  return (
    <Panel
      title="Plans"
      note={plans.length === 0 ? null : `${count(plans.length)} in fleet.yaml`}
      corner={
        <Button size="s" data-plan="" onClick={() => openPlan(null)}>
          <Plus size={12} strokeWidth={1.75} aria-hidden />
          New plan
        </Button>
      }
    >
      {plans.length === 0 ? (
        <EmptyState icon={<Shapes size={20} strokeWidth={1.75} aria-hidden />} title="No plans yet">
          A plan says what is started, on which nodes, with how many workers. Make one here, or write it into
          fleet.yaml.
        </EmptyState>
      ) : (
        <PlansTable plans={plans} />
      )}
    </Panel>
  )
}

function PlansTable({ plans }: { plans: readonly PlanView[] }) {
  return (
    <table className="data-table plans-table" aria-label="Plans">
      <thead>
        <tr>
          <th scope="col">Plan</th>
          <th scope="col">Engine</th>
          <th scope="col">Tracks</th>
          <th scope="col">Nodes</th>
          <th scope="col" className="num">
            Workers
          </th>
          <th scope="col">State</th>
          <th scope="col">
            <span className="sr-only">What can be done</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {plans.map(plan => (
          <PlanRow key={plan.name} plan={plan} />
        ))}
      </tbody>
    </table>
  )
}

function PlanRow({ plan }: { plan: PlanView }) {
  const { name, engine, tracks, nodes, workers } = plan
  const [only] = nodes
  return (
    <tr>
      <td>
        <span className="run-name plan-name" data-tip={name}>
          {name}
        </span>
      </td>
      <td className="text-t2">{engine}</td>
      <td>
        <span className="plan-cell" data-tip={tracks.map(track => track.name).join(', ')}>
          {tracks.length === 1 ? tracks[0]?.name : plural(tracks.length, 'track')}
        </span>
      </td>
      <td>
        <span className="plan-cell" data-tip={nodes.join(', ')}>
          {nodes.length === 1 && only !== undefined ? only : plural(nodes.length, 'node')}
        </span>
      </td>
      <td className="num">{count(workers)}</td>
      <td>
        <PlanState plan={plan} />
      </td>
      <td>
        <span className="flex items-center justify-end gap-1">
          <Button size="s" aria-label={`Edit ${name}`} data-plan={name} onClick={() => openPlan(name)}>
            <Pencil size={12} strokeWidth={1.75} aria-hidden />
            Edit
          </Button>
          <PlanMenu plan={plan} />
        </span>
      </td>
    </tr>
  )
}

function PlanState({ plan: { name, refusal, secrets } }: { plan: PlanView }) {
  const hasDraft = usePlans(state => {
    const edit = state.edits[name]
    return edit !== undefined && isChanged(edit)
  })
  const isRunning = useFleet(state => ownRuns(state.runs).some(run => run.plan === name))
  const missing = secrets.filter(secret => !secret.isSet).length
  const [state, words] =
    refusal !== null
      ? (['warn', refusal] as const)
      : missing > 0
        ? (['warn', `${plural(missing, 'secret')} without a value`] as const)
        : isRunning
          ? (['running', 'running'] as const)
          : (['ok', 'can be started'] as const)
  return (
    <span className="flex items-center gap-3">
      <span className="plan-state" data-tip={words}>
        <StateIcon state={state} size={14} isQuiet={state === 'ok'} />
        <span className="truncate">{words}</span>
      </span>
      {hasDraft ? <span className="plan-badge">changes not saved yet</span> : null}
    </span>
  )
}

function PlanMenu({ plan: { name, tracks } }: { plan: PlanView }) {
  const actions = useActions()
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="button" data-look="bare" data-size="s" aria-label={`More for ${name}`}>
        <Ellipsis size={16} strokeWidth={1.75} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="z-50" sideOffset={4} align="end">
          <Menu.Popup className="menu">
            <Menu.Item className="menu-item" onClick={() => openPlan(name)}>
              <Pencil size={14} strokeWidth={1.75} aria-hidden />
              Edit
            </Menu.Item>
            <Menu.Item className="menu-item" disabled={tracks.length < 2} onClick={() => openStart(name)}>
              <ListChecks size={14} strokeWidth={1.75} aria-hidden />
              {tracks.length < 2 ? 'Choose tracks (it has only one)' : 'Choose tracks…'}
            </Menu.Item>
            <Menu.Item className="menu-item" onClick={() => duplicatePlan(actions, name)}>
              <Copy size={14} strokeWidth={1.75} aria-hidden />
              Duplicate
            </Menu.Item>
            <Menu.Separator className="menu-line" />
            <Menu.Item className="menu-item" onClick={() => deletePlan(actions, name)}>
              <Trash2 size={14} strokeWidth={1.75} aria-hidden />
              Delete
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
