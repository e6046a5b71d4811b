import { Clipboard } from 'lucide-react'
import { Button } from '../components/Button'
import { useFleet } from '../state/fleetStore'
import { useActions } from './actions'
import { attempt } from './attempt'

/** What to put under `nodes:` for one more machine. */
const SNIPPET = `  - name: pc2
    ssh: { host: 192.168.1.11, user: me }
    roles: [gpu]
`

/** How the second machine gets in: with a login that works, and a few lines. */
export function AddMachines() {
  const actions = useActions()
  const isFirst = useFleet(state => state.nodes.length === 0)
  const title = isFirst ? 'No machines yet' : 'Add your other machines'
  const file = useFleet(state => state.app.fleetFile)
  return (
    <section className="add-machines" aria-label={title}>
      <h2 className="text-title font-semibold">{title}</h2>
      <p className="text-t2">
        A working SSH login is enough. Nothing is installed on them, your keys stay where they are.
      </p>
      <pre className="code-block self-stretch">{SNIPPET}</pre>
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-2">
        <Button onClick={() => attempt(() => actions.copyText(SNIPPET))}>
          <Clipboard size={14} strokeWidth={1.75} aria-hidden />
          Copy lines for fleet.yaml
        </Button>
        <span className="min-w-0 text-dense text-t3">
          into <code className="break-all">{file === '' ? 'fleet.yaml' : file}</code>
        </span>
      </div>
    </section>
  )
}
