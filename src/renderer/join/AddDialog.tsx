import { type RefObject, useEffect, useRef, useState } from 'react'
import { Button } from '../components/Button'
import { DialogParts, ScreenDialog } from '../components/ScreenDialog'
import { count, plural } from '../format'
import { fleetStore, useFleet } from '../state/fleetStore'
import { useActions } from '../views/actions'
import { readDraft } from './address'
import { takeTyped } from './AddressTab'
import {
  addRefusal,
  type AddState,
  type AddStep,
  MOST_AT_ONCE,
  tooMany,
  wanted,
  withDrafts,
} from './addState'
import { ConfirmStep } from './ConfirmStep'
import { mainElement } from './focusNode'
import { addPicked, closeJoin } from './joinCommands'
import { changeAdd, joinStore, useJoin } from './joinStore'
import { createMachineTester, type MachineTester } from './machineTester'
import { PickStep } from './PickStep'
import { summaryWords } from './testWords'
import { ThisPcStep } from './ThisPcStep'
import { useAsked } from './useAsked'

const STEPS: readonly (readonly [AddStep, string])[] = [
  ['this-pc', 'This PC'],
  ['pick', 'Your machines'],
  ['confirm', 'Keys and names'],
]

/** Three steps from "this PC" to a fleet. Closing it keeps what was picked and stops what is being tested. */
export function AddDialog() {
  const actions = useActions()
  const step = useJoin(state => state.add.step)
  const headline = useRef<HTMLHeadingElement>(null)
  const { asked: hosts, again } = useAsked(actions.sshHosts)
  const [tester] = useState(() => createMachineTester({ test: actions.testMachine, change: changeAdd }))
  useEffect(() => () => tester.stop(), [tester])
  useFocusOnStep(step, headline)
  return (
    <ScreenDialog name="Add machines" size="l" onLeave={closeJoin} backTo={mainElement}>
      <DialogParts buttons={<Foot step={step} tester={tester} />}>
        <div className="join-head">
          <h2 ref={headline} tabIndex={-1} data-first="">
            Add machines
          </h2>
          <Steps step={step} />
        </div>
        {step === 'this-pc' ? <ThisPcStep /> : null}
        {step === 'pick' ? <PickStep hosts={hosts} onAgain={again} tester={tester} /> : null}
        {step === 'confirm' ? <ConfirmStep tester={tester} /> : null}
      </DialogParts>
    </ScreenDialog>
  )
}

/** Another step begins at its top. The first one is the dialog's own affair. */
function useFocusOnStep(step: AddStep, headline: RefObject<HTMLElement | null>): void {
  const before = useRef(step)
  useEffect(() => {
    if (before.current !== step) headline.current?.focus()
    before.current = step
  }, [step, headline])
}

function Steps({ step }: { step: AddStep }) {
  return (
    <ol className="join-steps" aria-label="Steps">
      {STEPS.map(([name, words], index) => (
        <li key={name} aria-current={name === step ? 'step' : undefined}>
          <span className="join-step-number" aria-hidden>
            {index + 1}
          </span>
          {words}
        </li>
      ))}
    </ol>
  )
}

const goTo = (step: AddStep): void => changeAdd(add => ({ ...add, step, problem: null }))

/** On to the keys and names: what stands in the address field comes along, and whatever was not tested is. */
function confirm(tester: MachineTester): void {
  takeTyped()
  changeAdd(add => ({ ...withDrafts(add, fleetStore.getState().nodes), step: 'confirm', problem: null }))
  const { picked, tests } = joinStore.getState().add
  tester.test(picked.filter(({ key }) => tests[key] === undefined))
}

function Foot({ step, tester }: { step: AddStep; tester: MachineTester }) {
  const add = useJoin(state => state.add)
  switch (step) {
    case 'this-pc':
      return (
        <>
          <Button onClick={closeJoin}>Not now</Button>
          <Button look="primary" onClick={() => goTo('pick')}>
            Next
          </Button>
        </>
      )
    case 'pick':
      return (
        <>
          <Summary add={add} />
          <Button onClick={() => goTo('this-pc')}>Back</Button>
          <Button look="primary" refusal={pickRefusal(add)} onClick={() => confirm(tester)}>
            Next
          </Button>
        </>
      )
    case 'confirm':
      return <ConfirmFoot add={add} />
    default:
      return step satisfies never
  }
}

function ConfirmFoot({ add }: { add: AddState }) {
  const actions = useActions()
  const nodes = useFleet(state => state.nodes)
  return (
    <>
      <Summary add={add} />
      <Button onClick={() => goTo('pick')}>Back</Button>
      <Button
        look="primary"
        refusal={addRefusal(add, nodes)}
        onClick={() => void addPicked(actions)}
      >{`Add ${plural(wanted(add).length, 'machine')}`}</Button>
    </>
  )
}

/** What is picked and how the tests went. It is told aloud once they have ended, not test by test. */
function Summary({ add }: { add: AddState }) {
  const tests = add.step === 'pick' ? Object.values(add.tests) : add.picked.map(({ key }) => add.tests[key])
  const isUnderWay = tests.some(test => test?.at === 'queued' || test?.at === 'testing')
  const words = summaryWords(tests)
  const picked = `${count(add.picked.length)} picked`
  return (
    <span className="join-summary num">
      {words === '' ? picked : `${picked} · ${words}`}
      {add.step === 'pick' && add.picked.length > 0 && words === '' ? (
        <span className="join-summary-more"> · Next tests them</span>
      ) : null}
      <output className="sr-only" aria-label="Tests">
        {isUnderWay ? 'Testing' : words}
      </output>
    </span>
  )
}

function pickRefusal(add: AddState): string | null {
  const typed = add.typing.address.trim() === '' ? null : readDraft(add.typing)
  if (typed !== null && typed.ssh === null) return 'Correct the address first, or empty its field.'
  if (add.picked.length === 0 && typed === null) return 'Pick at least one machine.'
  return add.picked.length > MOST_AT_ONCE ? tooMany(add.picked.length) : null
}
