import { Clipboard, Download, Logs, OctagonX } from 'lucide-react'
import type { Run, Worker } from '../../contract/runs'
import { Button, IconButton } from '../components/Button'
import { ProgressBar } from '../components/ProgressBar'
import { StateIcon, stateWord } from '../components/StateIcon'
import { age, count } from '../format'
import { useActions } from './actions'
import { attempt } from './attempt'
import { useClock } from './clock'
import { openStopOf } from './commands'
import { isActive } from './nodeWork'
import { RunNotes } from './RunNotes'
import { StopReportRows } from './StopReportRows'
import { howChecked, proofText } from './stopWords'

/** A run's workers, and the proof of its stop for as long as the run is kept. */
export function RunDetail({ run }: { run: Run }) {
  return (
    <div className="run-detail">
      <RunNotes run={run} />
      <table className="data-table worker-table" aria-label={`Workers of ${run.id}`}>
        <thead>
          <tr>
            <th scope="col">Worker</th>
            <th scope="col" className="num">
              Pid
            </th>
            <th scope="col">State</th>
            <th scope="col">Detail</th>
            <th scope="col">Progress</th>
            <th scope="col">Reported flags</th>
            <th scope="col">
              <span className="sr-only">Log</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {run.workers.map(worker => (
            <WorkerRow key={`${worker.node} ${worker.id}`} run={run} worker={worker} />
          ))}
        </tbody>
      </table>
      {run.stop === null ? null : <StopProof run={run} stop={run.stop} />}
      <p className="px-3 py-2 font-mono text-label text-t3">{run.id}</p>
    </div>
  )
}

function WorkerRow({ run, worker }: { run: Run; worker: Worker }) {
  const since = useClock(nowMs => (worker.state === 'unknown' ? age(nowMs - worker.stateSinceMs) : ''))
  const { progress, identity } = worker
  return (
    <tr>
      <td className="whitespace-nowrap" data-tip={worker.id}>
        <span className="font-medium">{worker.node}</span>{' '}
        <span className="text-t2">w{worker.nodeIndex}</span>
      </td>
      <td className="num font-mono text-t2">{identity === null ? '—' : identity.pid}</td>
      <td>
        <span className="flex items-center gap-1.5">
          <StateIcon state={worker.state} size={14} />
          {stateWord(worker.state)} <span className="text-t3">{since}</span>
        </span>
      </td>
      <td className="text-t2">{worker.detail ?? ''}</td>
      <td>
        {progress === null ? (
          <span className="text-t3">—</span>
        ) : (
          <span className="run-progress flex items-center gap-2">
            <ProgressBar
              name={`${run.id} ${worker.id} progress`}
              step={progress.step}
              total={progress.total}
            />
            {progress.total === null
              ? count(progress.step)
              : `${count(progress.step)}/${count(progress.total)}`}
          </span>
        )}
      </td>
      <td className="font-mono text-label text-t2">{flagsWords(worker)}</td>
      <td>
        <LogButtons run={run} worker={worker} />
      </td>
    </tr>
  )
}

function LogButtons({ run, worker }: { run: Run; worker: Worker }) {
  const actions = useActions()
  const name = `${worker.node} w${worker.nodeIndex}`
  return (
    <span className="flex justify-end gap-1">
      {isActive(worker.state) && run.origin !== 'foreign' ? (
        <IconButton
          name={`Stop this worker: ${name}`}
          size="s"
          onClick={() => openStopOf({ worker: { run: run.id, id: worker.id } })}
        >
          <OctagonX size={14} strokeWidth={1.75} aria-hidden />
        </IconButton>
      ) : null}
      <IconButton
        name={`Show the log of ${name}`}
        size="s"
        onClick={() => actions.showLogs(run.id, worker.id)}
      >
        <Logs size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
      <IconButton
        name={`Download the log of ${name}`}
        size="s"
        onClick={() => actions.openDownload(run.id, worker.id)}
      >
        <Download size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
    </span>
  )
}

/** What the process carries, read back from it; said as not readable when it cannot be. */
function flagsWords({ reported }: Worker): string {
  if (reported === null) return 'not read'
  const { dryRun, allowOrders } = reported
  if (dryRun === null && allowOrders === null) return 'not readable'
  return `DRY_RUN=${dryRun ?? '?'} ALLOW_ORDERS=${allowOrders ?? '?'}`
}

function StopProof({ run, stop }: { run: Run; stop: NonNullable<Run['stop']> }) {
  const actions = useActions()
  return (
    <section className="stop-proof" aria-label={`Stop of ${run.id}`}>
      <header className="flex flex-wrap items-center gap-3 px-3 py-2">
        <StateIcon
          state={stop.outcome === 'proved' ? 'ok' : stop.outcome === 'under-way' ? 'stopping' : 'err'}
          size={14}
        />
        <b className="font-semibold">{stop.summary ?? 'Stopping'}</b>
        <span className="text-dense text-t3">{stop.outcome === 'under-way' ? null : howChecked([stop])}</span>
        <span className="ml-auto">
          <Button size="s" onClick={() => attempt(() => actions.copyText(proofText(run, stop)))}>
            <Clipboard size={12} strokeWidth={1.75} aria-hidden />
            Copy the proof
          </Button>
        </span>
      </header>
      <StopReportRows run={run} nodes={stop.nodes} />
    </section>
  )
}
