export interface ProgressBarProps {
  readonly name: string
  readonly step: number
  /** null: the worker did not say how many there are. */
  readonly total: number | null
}

/** A quiet bar: progress is no alarm, so it has no colour of its own. */
export function ProgressBar({ name, step, total }: ProgressBarProps) {
  const donePct = total === null || total <= 0 ? null : Math.min(100, Math.max(0, (step / total) * 100))
  const semantics = {
    role: 'progressbar',
    'aria-label': name,
    'aria-valuemin': 0,
    'aria-valuemax': 100,
    'aria-valuenow': donePct === null ? undefined : Math.floor(donePct),
    'aria-valuetext': total === null ? `${step} steps` : `${step} of ${total}`,
  }
  return (
    <span className="progress" {...semantics}>
      {donePct === null ? null : <span className="progress-done" style={{ width: `${donePct}%` }} />}
    </span>
  )
}
