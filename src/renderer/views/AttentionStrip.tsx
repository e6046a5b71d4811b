import { X } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '../components/Button'
import { Notice } from '../components/Notice'
import { openLogin } from '../join/joinCommands'
import { type FleetActions, useActions } from './actions'
import { attempt } from './attempt'
import { briefly } from './briefly'
import { askForMode, reviewKey } from './commands'
import { SAFE_FLAGS } from './modeWords'
import type { Problem, ProblemButton } from './problem'
import { screenStore } from './screenStore'

/** More than these are told in one line; where nodes need the room, more than one. */
const SHOWN_AT_ONCE = 3

/** Only there when something is wrong: worst first, a sentence each, with its button. */
export function AttentionStrip({ problems, isBrief }: { problems: readonly Problem[]; isBrief: boolean }) {
  const [isOpen, setOpen] = useState(false)
  const [first] = problems
  if (first === undefined) return null
  // What is true of several nodes together is one sentence, whichever of them it stands with.
  const told = problems.filter((one, at) => problems.findIndex(({ id }) => id === one.id) === at)
  const isMany = told.length > (isBrief ? 1 : SHOWN_AT_ONCE)
  if (!isMany) return told.map(problem => <ProblemNotice key={problem.id} problem={problem} />)
  return (
    <>
      <Notice severity={first.severity} what={`${problems.length} need attention`} cause={briefly(problems)}>
        <ReconnectAll problems={problems} />
        <Button size="s" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide them' : 'Show them'}
        </Button>
      </Notice>
      {isOpen ? (
        <section className="attention-list" aria-label="What needs attention">
          {told.map(problem => (
            <ProblemNotice key={problem.id} problem={problem} />
          ))}
        </section>
      ) : null}
    </>
  )
}

/** A switch that comes back brings many of them. */
function ReconnectAll({ problems }: { problems: readonly Problem[] }) {
  const actions = useActions()
  const nodes = problems.flatMap(({ buttons }) =>
    buttons.flatMap(button => (button.does === 'reconnect' ? [button.node] : [])),
  )
  if (nodes.length < 2) return null
  const reconnectAll = (): void =>
    attempt(async () => {
      await Promise.all(nodes.map(node => actions.reconnect(node)))
    })
  return (
    <Button size="s" onClick={reconnectAll}>
      Reconnect all {nodes.length}
    </Button>
  )
}

function ProblemNotice({ problem }: { problem: Problem }) {
  const actions = useActions()
  return (
    <Notice severity={problem.severity} what={problem.what} cause={problem.cause} fix={problem.fix}>
      {problem.buttons.map(button => (
        <Button key={button.does} size="s" onClick={() => press(actions, button)}>
          {WORDS[button.does]}
        </Button>
      ))}
      {problem.closes === 'never' ? null : (
        <IconButton name="Close" size="s" onClick={() => close(actions, problem)}>
          <X size={14} strokeWidth={1.75} aria-hidden />
        </IconButton>
      )}
    </Notice>
  )
}

const WORDS: Readonly<Record<ProblemButton['does'], string>> = {
  reconnect: 'Reconnect now',
  'review-key': 'Review the key',
  'log-in': 'Log in…',
  'show-log': 'Show its log',
  'back-to-safe': 'Back to SAFE',
  'orders-off': 'Turn ALLOW_ORDERS off',
}

function press(actions: FleetActions, button: ProblemButton): void {
  switch (button.does) {
    case 'reconnect':
      return attempt(() => actions.reconnect(button.node))
    case 'review-key':
      return reviewKey(button.node)
    case 'log-in':
      return openLogin(button.node)
    case 'show-log':
      return actions.showLogs(button.run, button.worker)
    case 'back-to-safe':
    case 'orders-off':
      return askForMode(actions, SAFE_FLAGS)
    default:
      return button satisfies never
  }
}

function close(actions: FleetActions, problem: Problem): void {
  if (problem.closes === 'engine') return attempt(() => actions.dismissAlert(problem.id))
  return screenStore.setState(({ closedProblems }) => ({ closedProblems: [...closedProblems, problem.id] }))
}
