import { FileDown, Plus, X } from 'lucide-react'
import { Button, IconButton } from '../components/Button'
import { dismissOffer, openAdd } from '../join/joinCommands'
import { useJoin } from '../join/joinStore'
import { useFleet } from '../state/fleetStore'

/** How the second machine gets in. It offers itself once; after that it is a quiet tile. */
export function AddMachines() {
  const isFirst = useFleet(state => state.nodes.length === 0)
  const isOfferOver = useJoin(state => state.isOfferOver)
  if (isOfferOver && !isFirst) {
    return (
      <section className="add-machines" data-quiet="" aria-label="Add a machine">
        <Button onClick={() => openAdd()}>
          <Plus size={14} strokeWidth={1.75} aria-hidden />
          Add a machine
        </Button>
      </section>
    )
  }
  const title = isFirst ? 'No machines yet' : 'Add your other machines'
  return (
    <section className="add-machines" aria-label={title}>
      <h2 className="text-title font-semibold">{title}</h2>
      <p className="text-t2">
        A working SSH login is enough. Nothing is installed on them, your keys stay where they are.
      </p>
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-2">
        <Button look="primary" onClick={() => openAdd('config')}>
          <FileDown size={14} strokeWidth={1.75} aria-hidden />
          Import from ~/.ssh/config
        </Button>
        <Button onClick={() => openAdd('address')}>
          <Plus size={14} strokeWidth={1.75} aria-hidden />
          Add by address
        </Button>
      </div>
      {isFirst ? null : (
        <IconButton name="Dismiss" className="add-dismiss" onClick={dismissOffer}>
          <X size={16} strokeWidth={1.75} aria-hidden />
        </IconButton>
      )}
    </section>
  )
}
