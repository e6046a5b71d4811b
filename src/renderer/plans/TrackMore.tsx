import type { TrackDraft } from '../../contract/plans'
import { ChoiceField, Fold, Radios } from './choices'
import { useEditor } from './editor'
import { FieldGroup, ListField, NumberField, TextField, TypedField } from './fields'
import type { FieldPath } from './planEdit'
import { failWords, needsWords, stopWords } from './trackWords'
import { formatRange, parseRange } from './typedValues'

interface TrackMoreProps {
  readonly track: TrackDraft
  readonly at: number
}

/** What most tracks leave as it is. */
export function TrackMore({ track, at }: TrackMoreProps) {
  const path: FieldPath = ['tracks', at]
  return (
    <div className="plan-folds">
      <Fold title="Needs" holds={needsWords(track.needs)} paths={[[...path, 'needs']]}>
        <NeedsFields path={[...path, 'needs']} needs={track.needs} />
      </Fold>
      <ProgressFold path={[...path, 'progress']} progress={track.progress} />
      <StopFold track={track} path={path} />
      <Fold
        title="Failure and limits"
        holds={failWords(track)}
        paths={['onFailure', 'limitSeconds', 'aliveSeconds'].map(field => [...path, field])}
      >
        <FailFields track={track} path={path} />
      </Fold>
      <Fold
        title="Log files and broker"
        holds={logWords(track)}
        paths={[
          [...path, 'logs'],
          [...path, 'clientId'],
        ]}
      >
        <ListField
          path={[...path, 'logs']}
          label="Log files that the program writes itself"
          note="Patterns on the node, one a line."
          placeholder="/tmp/logs/track1/*.log"
          value={track.logs}
        />
        <NumberField
          isOptional
          path={[...path, 'clientId']}
          label="Broker client id"
          note="Never used by two live workers."
          value={track.clientId}
        />
      </Fold>
    </div>
  )
}

function logWords({ logs, clientId }: TrackDraft): string | null {
  const parts = [...logs, ...(clientId === null ? [] : [`client id ${clientId}`])]
  return parts.length === 0 ? null : parts.join(' · ')
}

const NEEDS: readonly (readonly [keyof TrackDraft['needs'], string, string])[] = [
  ['cpu', 'CPU threads', '2'],
  ['gpu', 'GPUs', '1'],
  ['memGiB', 'RAM (GiB)', '1–2'],
  ['diskGiB', 'Disk (GiB)', '10'],
]

function NeedsFields({ path, needs }: { path: FieldPath; needs: TrackDraft['needs'] }) {
  return (
    <FieldGroup path={path} label="What one worker needs" note="A number, or from–to.">
      <div className="plan-four">
        {NEEDS.map(([what, label, placeholder]) => (
          <TypedField
            key={what}
            path={[...path, what]}
            label={label}
            placeholder={placeholder}
            value={needs[what]}
            format={formatRange}
            parse={parseRange}
          />
        ))}
      </div>
    </FieldGroup>
  )
}

type Rule = TrackDraft['progress']
type RuleKind = 'json' | 'match' | 'count'

const RULES: readonly (readonly [RuleKind, string])[] = [
  ['json', 'JSON lines'],
  ['match', 'A pattern'],
  ['count', 'Counted lines'],
]

const kindOf = (rule: Rule): RuleKind => ('json' in rule ? 'json' : 'match' in rule ? 'match' : 'count')

function ProgressFold({ path, progress }: { path: FieldPath; progress: Rule }) {
  const { set } = useEditor()
  const kind = kindOf(progress)
  const choose = (next: RuleKind): void => {
    if (next === kind) return
    set(
      path,
      next === 'json' ? { json: true } : next === 'match' ? { match: '' } : { count: '', total: null },
    )
  }
  const holds = 'json' in progress ? null : 'match' in progress ? progress.match : `counts ${progress.count}`
  return (
    <Fold title="Progress" holds={holds} paths={[path]}>
      <Radios
        path={path}
        label="How its log tells how far it is"
        value={kind}
        options={RULES}
        onChoose={choose}
      >
        {'json' in progress ? (
          <p className="join-field-note">
            Lines like <code>{'{"drydock":"progress","step":120,"total":2000}'}</code>.
          </p>
        ) : null}
        {'match' in progress ? (
          <TextField
            isMono
            path={[...path, 'match']}
            label="Pattern"
            note="A regular expression: its first group is the step, its second the total."
            placeholder="iteration (\d+)/(\d+)"
            value={progress.match}
          />
        ) : null}
        {'count' in progress ? (
          <div className="plan-pair">
            <TextField
              isMono
              path={[...path, 'count']}
              label="Lines with"
              placeholder="✅"
              value={progress.count}
            />
            <NumberField isOptional path={[...path, 'total']} label="Of how many" value={progress.total} />
          </div>
        ) : null}
      </Radios>
    </Fold>
  )
}

const SIGNALS = ['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2'].map(name => [name, name] as const)
const NO_SIGNAL = 'none'
const DRAINS: readonly (readonly [string, string])[] = [[NO_SIGNAL, 'It knows no such signal'], ...SIGNALS]

function StopFold({ track, path }: { track: TrackDraft; path: FieldPath }) {
  const { set } = useEditor()
  const at = (field: keyof TrackDraft): FieldPath => [...path, field]
  return (
    <Fold
      title="Stop"
      holds={stopWords(track)}
      paths={[at('stopSignal'), at('graceSeconds'), at('drainSignal'), at('drainSeconds')]}
    >
      <div className="plan-pair">
        <ChoiceField
          path={at('stopSignal')}
          label="Stop signal"
          value={track.stopSignal}
          options={SIGNALS}
          onChoose={signal => set(at('stopSignal'), signal)}
        />
        <NumberField
          path={at('graceSeconds')}
          label="Grace"
          unit="s"
          note="So long it may take to end before it is killed."
          value={track.graceSeconds}
        />
      </div>
      <div className="plan-pair">
        <ChoiceField
          path={at('drainSignal')}
          label="Drain signal"
          note="Asks it to finish what it has and take no more."
          value={track.drainSignal ?? NO_SIGNAL}
          options={DRAINS}
          onChoose={signal => set(at('drainSignal'), signal === NO_SIGNAL ? null : signal)}
        />
        {track.drainSignal === null ? null : (
          <NumberField
            path={at('drainSeconds')}
            label="Drain"
            unit="s"
            note="So long is waited before it is stopped."
            value={track.drainSeconds}
          />
        )}
      </div>
    </Fold>
  )
}

const FAILURES: readonly (readonly [TrackDraft['onFailure'], string])[] = [
  ['warn', 'An alert; the run goes on'],
  ['abort', 'The whole run is stopped'],
]

function FailFields({ track, path }: { track: TrackDraft; path: FieldPath }) {
  const { set } = useEditor()
  return (
    <>
      <Radios
        path={[...path, 'onFailure']}
        label="When a worker of it fails"
        value={track.onFailure}
        options={FAILURES}
        onChoose={onFailure => set([...path, 'onFailure'], onFailure)}
      />
      <div className="plan-pair">
        <NumberField
          isOptional
          path={[...path, 'limitSeconds']}
          label="Time limit"
          unit="s"
          note="A worker that runs longer is stopped and has failed. Empty: no limit."
          value={track.limitSeconds}
        />
        <NumberField
          path={[...path, 'aliveSeconds']}
          label="Alive check"
          unit="s"
          note="One that ends sooner has failed to start. 0 does not look."
          value={track.aliveSeconds}
        />
      </div>
    </>
  )
}
