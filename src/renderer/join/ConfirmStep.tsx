import { useId, useMemo } from 'react'
import { Button } from '../components/Button'
import { Notice } from '../components/Notice'
import { useFleet } from '../state/fleetStore'
import { compareCommand } from '../views/HostKeyDialogs'
import {
  type AddState,
  type Candidate,
  isRefused,
  isWanted,
  keyReason,
  labelOf,
  nameProblems,
  sameAs,
  withDraft,
} from './addState'
import { CopyLine } from './CopyLine'
import { Field } from './Field'
import { HostKeyPart } from './HostKeyPart'
import { changeAdd, useJoin } from './joinStore'
import type { MachineTester } from './machineTester'
import { RoleChips } from './RoleChips'
import { TestLine } from './TestLine'

/** Machine by machine: is its key right, what is it called, what is it for. */
export function ConfirmStep({ tester }: { tester: MachineTester }) {
  const add = useJoin(state => state.add)
  const nodes = useFleet(state => state.nodes)
  const problems = useMemo(() => nameProblems(add, nodes), [add, nodes])
  return (
    <div className="join-scroll">
      <HowToCompare add={add} />
      {add.problem === null ? null : <Notice severity="err" what={add.problem.what} fix={add.problem.fix} />}
      {add.picked.map(one => (
        <Machine
          key={one.key}
          one={one}
          add={add}
          nameProblem={problems.get(one.key) ?? null}
          tester={tester}
        />
      ))}
    </div>
  )
}

/** Once for all, when a key has to be compared. */
function HowToCompare({ add }: { add: AddState }) {
  const types = new Set(
    add.picked.flatMap(({ key }) => {
      const reason = keyReason(add.tests[key])
      return reason?.kind === 'host-key-unknown' ? [reason.offered.type] : []
    }),
  )
  if (types.size === 0) return null
  return (
    <div className="join-help">
      <p>
        Compare each fingerprint with the machine’s own before you trust it. Nothing is sent to a machine
        until then. On the machine itself, type:
      </p>
      {[...types].map(type => (
        <CopyLine key={type} text={compareCommand(type)} />
      ))}
    </div>
  )
}

interface MachineProps {
  readonly one: Candidate
  readonly add: AddState
  readonly nameProblem: string | null
  readonly tester: MachineTester
}

function Machine({ one, add, nameProblem, tester }: MachineProps) {
  const id = useId()
  const draft = add.drafts[one.key]
  const test = add.tests[one.key]
  if (draft === undefined) return null
  const label = labelOf(one)
  const isAdded = isWanted(draft, test)
  const set = (change: Partial<typeof draft>): void => changeAdd(state => withDraft(state, one.key, change))
  const isUnderWay = test?.at === 'queued' || test?.at === 'testing'
  return (
    <section className="confirm" aria-label={label} data-out={isAdded ? undefined : ''}>
      <div className="machine-row">
        <input
          type="checkbox"
          aria-label={`Add ${label}`}
          checked={isAdded}
          disabled={isRefused(draft, test)}
          onChange={event => set({ isWanted: event.target.checked })}
        />
        <span className="machine-words">
          <span className="machine-head">
            <b id={id} className="truncate font-medium">
              {label}
            </b>
          </span>
          {keyReason(test) === null ? <TestLine test={test} /> : null}
          <Same test={test} isAdded={isAdded} />
        </span>
        <Button
          size="s"
          className="self-start"
          aria-describedby={id}
          refusal={isUnderWay ? 'It is being tested.' : null}
          onClick={() => tester.test([one])}
        >
          Test
        </Button>
      </div>
      <HostKeyPart one={one} draft={draft} test={test} tester={tester} />
      {isAdded ? (
        <div className="confirm-fields">
          <Field
            label="Name"
            maxLength={64}
            value={draft.name}
            problem={nameProblem}
            onText={name => set({ name })}
          />
          <RoleChips roles={draft.roles} of={label} onChange={roles => set({ roles })} />
        </div>
      ) : null}
    </section>
  )
}

/** One machine under two names would be counted twice. */
function Same({ test, isAdded }: { test: Parameters<typeof sameAs>[0]; isAdded: boolean }) {
  const node = sameAs(test)
  if (node === null) return null
  return (
    <span className="text-dense text-t2">
      {isAdded
        ? 'Added under a second name, what runs on it is counted twice. Untick it to leave it out.'
        : 'It is left out.'}
    </span>
  )
}
