import { useRef } from 'react'
import { Button } from '../components/Button'
import { useFleet } from '../state/fleetStore'
import { addressText, EMPTY_DRAFT, readDraft, wayText } from './address'
import { AddressFields } from './AddressFields'
import { type AddState, type Candidate, candidate, nodeAt, withPicked } from './addState'
import { changeAdd, joinStore, useJoin } from './joinStore'
import { MachineRow } from './MachineRow'
import type { MachineTester } from './machineTester'
import { TestAll } from './TestAll'

/** One machine at a time, by `user@host[:port]`. What was typed stands below, picked. */
export function AddressTab({ tester }: { tester: MachineTester }) {
  const typed = useJoin(state => state.add.typed)
  return (
    <>
      <AddressForm tester={tester} />
      {typed.length === 0 ? (
        <p className="join-blank">
          What you type is tested and stands here. Nothing is added before you say so.
        </p>
      ) : (
        <>
          <div className="join-tools">
            <span className="text-dense text-t3">Typed so far</span>
            <TestAll machines={typed} tester={tester} />
          </div>
          <div className="join-list">
            <ul aria-label="Typed machines">
              {typed.map(one => (
                <li key={one.key} className="machine-row">
                  <TypedRow one={one} tester={tester} />
                </li>
              ))}
            </ul>
          </div>
        </>
      )}
    </>
  )
}

/** Takes what stands in the fields as a machine; null when it is none. The fields are empty afterwards. */
export function takeTyped(): Candidate | null {
  const { ssh } = readDraft(joinStore.getState().add.typing)
  if (ssh === null) return null
  const one = candidate(ssh)
  changeAdd(add => ({ ...withTyped(add, one), typing: EMPTY_DRAFT }))
  return one
}

function withTyped(add: AddState, one: Candidate): AddState {
  const isKnown = add.typed.some(other => other.key === one.key)
  return withPicked({ ...add, typed: isKnown ? add.typed : [...add.typed, one] }, [one], true)
}

function AddressForm({ tester }: { tester: MachineTester }) {
  const typing = useJoin(state => state.add.typing)
  const nodes = useFleet(state => state.nodes)
  const addressRef = useRef<HTMLInputElement>(null)
  const { ssh, problems } = readDraft(typing)
  const known = ssh === null ? null : nodeAt(ssh, nodes)
  const refusal = formRefusal(typing.address, ssh !== null, known)
  const submit = (): void => {
    const one = refusal === null ? takeTyped() : null
    if (one === null) return
    tester.test([one])
    addressRef.current?.focus()
  }
  const inFleet = known === null ? null : `${known} of the fleet has this address.`
  return (
    <div className="join-form">
      <AddressFields
        draft={typing}
        problems={{ ...problems, address: problems.address ?? inFleet }}
        onChange={next => changeAdd(add => ({ ...add, typing: next }))}
        onEnter={submit}
        addressRef={addressRef}
      />
      <Button refusal={refusal} onClick={submit}>
        Test
      </Button>
    </div>
  )
}

function formRefusal(address: string, isGood: boolean, known: string | null): string | null {
  if (address.trim() === '') return 'Type an address first.'
  if (known !== null) return `${known} of the fleet has this address.`
  return isGood ? null : 'Correct what is marked first.'
}

function TypedRow({ one, tester }: { one: Candidate; tester: MachineTester }) {
  const test = useJoin(state => state.add.tests[one.key])
  const isPicked = useJoin(state => state.add.picked.some(({ key }) => key === one.key))
  return (
    <MachineRow
      title={addressText(one.ssh)}
      address={null}
      way={wayText(one.ssh)}
      node={null}
      problem={null}
      isPicked={isPicked}
      test={test}
      onPick={isNowPicked => changeAdd(add => withPicked(add, [one], isNowPicked))}
      onTest={() => tester.test([one])}
      onRemove={() =>
        changeAdd(add => ({
          ...withPicked(add, [one], false),
          typed: add.typed.filter(({ key }) => key !== one.key),
        }))
      }
    />
  )
}
