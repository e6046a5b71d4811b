import { X } from 'lucide-react'
import { memo, type ReactNode, useId } from 'react'
import type { NodeName } from '../../contract/ids'
import { Button, IconButton } from '../components/Button'
import { StateIcon } from '../components/StateIcon'
import type { TestState } from './addState'
import { TestLine } from './TestLine'

export interface MachineRowProps {
  readonly title: string
  /** Beside the title: where it is. */
  readonly address: string | null
  /** Below: key and hosts on the way. */
  readonly way: string | null
  /** The node of the fleet that it already is. */
  readonly node: NodeName | null
  /** Why it cannot be picked. */
  readonly problem: string | null
  readonly isPicked: boolean
  readonly test: TestState | undefined
  readonly onPick: (isPicked: boolean) => void
  readonly onTest: () => void
  /** Only what was typed can be taken away again. */
  readonly onRemove?: () => void
}

/** One machine that could be added. */
export const MachineRow = memo(function MachineRow(props: MachineRowProps) {
  const { title, address, way, node, problem, isPicked, onPick } = props
  const id = useId()
  const canPick = node === null && problem === null
  return (
    <>
      <input
        type="checkbox"
        aria-labelledby={id}
        checked={isPicked || node !== null}
        disabled={!canPick}
        onChange={event => onPick(event.target.checked)}
      />
      <span className="machine-words">
        <span className="machine-head">
          <b id={id} className="flex-none font-medium">
            {title}
          </b>
          {address === null ? null : <span className="truncate font-mono text-dense text-t2">{address}</span>}
          {node === null ? null : <Mark>In the fleet as {node}</Mark>}
        </span>
        {way === null ? null : (
          <span className="truncate text-dense text-t3" data-tip={way}>
            {way}
          </span>
        )}
        <Problem problem={problem} />
        <TestLine test={props.test} />
      </span>
      {canPick ? <RowButtons {...props} titleId={id} /> : null}
    </>
  )
})

const Mark = ({ children }: { children: ReactNode }) => (
  <span className="machine-mark">
    <StateIcon state="ok" size={12} isQuiet />
    {children}
  </span>
)

const Problem = ({ problem }: { problem: string | null }) =>
  problem === null ? null : (
    <span className="test-line">
      <StateIcon state="warn" size={14} />
      <span className="min-w-0 text-t2">{problem}</span>
    </span>
  )

function RowButtons({ test, title, onTest, onRemove, titleId }: MachineRowProps & { titleId: string }) {
  const isUnderWay = test?.at === 'queued' || test?.at === 'testing'
  return (
    <span className="flex flex-none items-center gap-1 self-start">
      <Button
        size="s"
        aria-describedby={titleId}
        refusal={isUnderWay ? 'It is being tested.' : null}
        onClick={onTest}
      >
        Test
      </Button>
      {onRemove === undefined ? null : (
        <IconButton name={`Take ${title} off`} size="s" onClick={onRemove}>
          <X size={14} strokeWidth={1.75} aria-hidden />
        </IconButton>
      )}
    </span>
  )
}
