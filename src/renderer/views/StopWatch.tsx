import { Clipboard, OctagonX } from 'lucide-react'
import { useRef } from 'react'
import type { RunId } from '../../contract/ids'
import type { Run, StopReport } from '../../contract/runs'
import { Button } from '../components/Button'
import { Modal } from '../components/Modal'
import { Notice } from '../components/Notice'
import { StateIcon } from '../components/StateIcon'
import { plural, seconds } from '../format'
import { useFleet } from '../state/fleetStore'
import { useActions, type StopAsk } from './actions'
import { attempt, useAttempt } from './attempt'
import { useClock } from './clock'
import { screenStore, useScreen } from './screenStore'
import { StopReportRows } from './StopReportRows'
import { canForce, howChecked, isDraining, leftOn, proofText, resultOf } from './stopWords'

/** A run and the report of this stop; null until the engine has written the first line of it. */
interface Watched {
  readonly run: Run
  readonly report: StopReport | null
}

const leave = (): void => screenStore.setState({ stop: null, problem: null })

/** How far STOP is on every node, and in the end what it came to. */
export function StopWatch({ ids }: { ids: readonly RunId[] }) {
  const runs = useFleet(state => state.runs)
  const stop = useScreen(state => state.stop)
  const problem = useScreen(state => state.problem)
  const earlier = stop?.step === 'watch' ? stop.earlier : {}
  const doneRef = useRef<HTMLButtonElement>(null)
  const watched = runs
    .filter(run => ids.includes(run.id))
    .map((run): Watched => {
      const isThisOne = run.stop !== null && run.stop.askedAtMs !== earlier[run.id]
      return { run, report: isThisOne ? run.stop : null }
    })
  const reports = watched.flatMap(one => one.report ?? [])
  const result = reports.length === watched.length ? resultOf(reports) : null
  return (
    <Modal
      name="Stop training"
      isOpen
      onLeave={leave}
      firstRef={doneRef}
      buttons={
        <>
          {result?.isProved === true ? null : <ForceStop watched={watched} />}
          {result === null ? <EndDraining watched={watched} /> : null}
          {result === null ? null : <CopyProof watched={watched} />}
          {problem !== null && reports.length === 0 ? (
            <Button onClick={() => screenStore.setState({ stop: { step: 'choose' }, problem: null })}>
              Try again
            </Button>
          ) : null}
          <Button ref={doneRef} look={result === null ? 'quiet' : 'primary'} onClick={leave}>
            {result === null ? 'Close' : 'Done'}
          </Button>
        </>
      }
    >
      <Headline watched={watched} result={result} />
      {problem === null ? null : (
        <div className="modal-part mt-3">
          <Notice severity="err" what={problem.what} fix={problem.fix} />
        </div>
      )}
      {watched.map(one => (
        <section key={one.run.id} className="mt-3" aria-label={one.run.plan}>
          {watched.length === 1 ? null : (
            <h3 className="px-5 pt-2 pb-1 text-dense text-t3">{one.run.plan}</h3>
          )}
          {one.report === null ? null : <StopReportRows run={one.run} nodes={one.report.nodes} />}
        </section>
      ))}
      <p className="mt-3 text-dense text-t2">
        {result === null
          ? 'Open positions at the broker are not closed by this. What each worker wrote so far is kept.'
          : howChecked(reports)}
      </p>
      {result === null ? <p className="text-dense text-t3">Stopping goes on when you close this.</p> : null}
    </Modal>
  )
}

function Headline({ watched, result }: { watched: readonly Watched[]; result: ReturnType<typeof resultOf> }) {
  const names = watched.length === 1 ? (watched[0]?.run.plan ?? '') : plural(watched.length, 'run')
  return (
    <>
      {result === null ? (
        <>
          <h2>Stopping {names}</h2>
          <p className="text-t2">{askedWords(watched)}</p>
        </>
      ) : null}
      {/* Always there, so that what appears in it is read out. */}
      <output aria-label="Stop result" className="stop-result">
        {result === null ? null : (
          <>
            <span className="stop-headline">
              <StateIcon state={result.isProved ? 'ok' : 'err'} size={20} />
              <span className="min-w-0">{result.text}</span>
            </span>
            <span className="text-t2">{endedWords(names, watched)}</span>
          </>
        )}
      </output>
    </>
  )
}

function askedWords(watched: readonly Watched[]): string {
  const reports = watched.flatMap(one => one.report ?? [])
  const [first] = reports
  if (first === undefined) return 'Asking the nodes.'
  const signal = first.isForced ? 'KILL' : 'TERM'
  const grace = first.isForced ? '' : ` Grace ${first.graceSeconds}\u2009s, counted on each node.`
  return `${signal} for ${reachWords(watched)}.${grace}`
}

function endedWords(names: string, watched: readonly Watched[]): string {
  const tookMs = watched.flatMap(({ report }) =>
    report === null || report.endedAtMs === null ? [] : [report.endedAtMs - report.askedAtMs],
  )
  const took = tookMs.length === 0 ? [] : [`ended in ${seconds(Math.max(...tookMs))}`]
  return [names, reachWords(watched), ...took].join(' · ')
}

function reachWords(watched: readonly Watched[]): string {
  const nodes = new Set(watched.flatMap(({ report }) => report?.nodes.map(node => node.node) ?? []))
  const workers = watched.flatMap(({ run }) => run.workers.filter(worker => nodes.has(worker.node)))
  return `${plural(workers.length, 'worker')} on ${plural(nodes.size, 'node')}`
}

function ForceStop({ watched }: { watched: readonly Watched[] }) {
  const actions = useActions()
  const { problem, isBusy, run: tryTo } = useAttempt()
  const isAllowed = useClock(nowMs =>
    watched.some(({ report }) => report !== null && canForce(report, nowMs)),
  )
  const nodes = watched.flatMap(({ report }) =>
    report === null ? [] : leftOn(report).map(node => node.node),
  )
  const force = async (): Promise<void> => {
    for (const { run, report } of watched) {
      if (report === null || report.outcome === 'proved') continue
      await actions.stopTraining({ run: run.id, force: true, ...scopeLeft(report) })
    }
  }
  const refusal = isBusy
    ? 'KILL is on its way.'
    : isAllowed
      ? null
      : 'Possible when the grace is over or something is left.'
  return (
    <>
      {problem === null ? null : <Notice severity="err" what={problem.what} fix={problem.fix} />}
      <span className="mr-auto text-dense text-t3">
        {nodes.length === 0 ? null : `Force stop sends KILL on ${[...new Set(nodes)].join(', ')}.`}
      </span>
      <Button look="stop" refusal={refusal} onClick={() => void tryTo(force)}>
        <OctagonX size={14} strokeWidth={1.75} aria-hidden />
        Force stop
      </Button>
    </>
  )
}

/** Where something is or may be left, and of whom: a stop of some workers stays one of these. */
function scopeLeft(report: StopReport): Pick<StopAsk, 'nodes' | 'workers'> {
  const nodes = leftOn(report).map(node => node.node)
  return { nodes, ...(report.workers == null ? {} : { workers: report.workers }) }
}

/** Whoever drains is stopped now. */
function EndDraining({ watched }: { watched: readonly Watched[] }) {
  const actions = useActions()
  const { isBusy, run: tryTo } = useAttempt()
  const draining = watched.filter(({ report }) => report !== null && isDraining(report))
  if (draining.length === 0) return null
  const end = async (): Promise<void> => {
    for (const { run, report } of draining) {
      if (report !== null) await actions.stopTraining({ run: run.id, force: false, ...scopeLeft(report) })
    }
  }
  return (
    <Button look="stop" refusal={isBusy ? 'STOP is on its way.' : null} onClick={() => void tryTo(end)}>
      Stop now
    </Button>
  )
}

function CopyProof({ watched }: { watched: readonly Watched[] }) {
  const actions = useActions()
  const proof = watched
    .flatMap(({ run, report }) => (report === null ? [] : proofText(run, report)))
    .join('\n\n')
  return (
    <Button onClick={() => attempt(() => actions.copyText(proof))}>
      <Clipboard size={14} strokeWidth={1.75} aria-hidden />
      Copy the proof
    </Button>
  )
}
