import { useId } from 'react'
import type { ListedMachine } from '../../contract/machines'
import { Button } from '../components/Button'
import { Notice } from '../components/Notice'
import { count } from '../format'
import { useFleet } from '../state/fleetStore'
import { useActions } from '../views/actions'
import { useAttempt } from '../views/attempt'
import { addressText, wayText } from './address'
import { candidateOfLine, nodeAt, withPicked } from './addState'
import { changeAdd, useJoin } from './joinStore'
import { MachineRow } from './MachineRow'
import type { MachineTester } from './machineTester'
import { TestAll } from './TestAll'

const EXAMPLE = `w1@192.168.1.11
gpu-2 = w1@192.168.1.12:2222`

/** Many machines at once, from a text of one a line. */
export function ListTab({ tester }: { tester: MachineTester }) {
  const actions = useActions()
  const id = useId()
  const text = useJoin(state => state.add.listText)
  const listed = useJoin(state => state.add.listed)
  const { problem, isBusy, run } = useAttempt()
  const read = (): void =>
    void run(async () => {
      const machines = await actions.readMachines(text)
      changeAdd(add => ({ ...add, listed: machines }))
    })
  return (
    <>
      <div className="join-part">
        <label htmlFor={id} className="mb-1 block text-dense text-t2">
          One machine a line: user@host:port, with a name before it if you like. Lines of a hosts file and
          tables work, too.
        </label>
        <textarea
          id={id}
          className="field join-text"
          rows={4}
          spellCheck={false}
          placeholder={EXAMPLE}
          value={text}
          onChange={event => changeAdd(add => ({ ...add, listText: event.target.value }))}
        />
        <Button
          className="mt-2"
          refusal={text.trim() === '' ? 'Paste a list first.' : isBusy ? 'Reading it.' : null}
          onClick={read}
        >
          Read the list
        </Button>
        {problem === null ? null : (
          <div className="mt-3">
            <Notice severity="err" what={problem.what} fix={problem.fix} />
          </div>
        )}
      </div>
      {listed === null ? null : <Lines listed={listed} tester={tester} />}
    </>
  )
}

function Lines({ listed, tester }: { listed: readonly ListedMachine[]; tester: MachineTester }) {
  const nodes = useFleet(state => state.nodes)
  const picked = useJoin(state => state.add.picked)
  const good = listed.flatMap(line => {
    const one = line.problem === null ? candidateOfLine(line) : null
    return one === null || nodeAt(one.ssh, nodes) !== null ? [] : [one]
  })
  const wrong = listed.filter(line => line.problem !== null).length
  const isAll = good.length > 0 && good.every(one => picked.some(({ key }) => key === one.key))
  return (
    <>
      <div className="join-tools">
        <label className="flex min-h-6 flex-none items-center gap-2.5">
          <input
            type="checkbox"
            checked={isAll}
            disabled={good.length === 0}
            onChange={event => changeAdd(add => withPicked(add, good, event.target.checked))}
          />
          Select all
        </label>
        <output className="num text-dense text-t3">
          {count(listed.length)} {listed.length === 1 ? 'line' : 'lines'}
          {wrong === 0 ? '' : `, ${count(wrong)} cannot be read`}
        </output>
        <TestAll machines={good} tester={tester} />
      </div>
      <div className="join-list">
        <ul aria-label="Machines of the list">
          {listed.map(line => (
            <li key={line.line} className="machine-row">
              <LineRow line={line} tester={tester} />
            </li>
          ))}
        </ul>
      </div>
    </>
  )
}

function LineRow({ line, tester }: { line: ListedMachine; tester: MachineTester }) {
  const one = candidateOfLine(line)
  const key = one?.key ?? ''
  const test = useJoin(state => state.add.tests[key])
  const isPicked = useJoin(state => state.add.picked.some(other => other.key === key))
  const node = useFleet(state => (one === null ? null : nodeAt(one.ssh, state.nodes)))
  return (
    <MachineRow
      title={line.name ?? (one === null ? `Line ${line.line}` : addressText(one.ssh))}
      address={one === null ? line.text : line.name === null ? null : addressText(one.ssh)}
      way={one === null ? null : wayText(one.ssh)}
      node={node}
      problem={line.problem}
      isPicked={isPicked}
      test={test}
      onPick={isNowPicked =>
        one === null ? undefined : changeAdd(add => withPicked(add, [one], isNowPicked))
      }
      onTest={() => (one === null ? undefined : tester.test([one]))}
    />
  )
}
