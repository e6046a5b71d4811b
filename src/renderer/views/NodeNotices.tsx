import { Info } from 'lucide-react'
import type { Notice } from '../../contract/nodes'
import { sentence } from './problem'

/** What is worth a look and no alarm: not read out, and without a colour. */
export function NodeNotices({ notices }: { notices: readonly Notice[] }) {
  if (notices.length === 0) return null
  return (
    <ul className="node-notices" aria-label="Worth a look">
      {notices.map(({ kind, message, hint }) => (
        <li key={`${kind} ${message}`}>
          <Info size={14} strokeWidth={1.75} aria-hidden />
          <span>
            <b className="font-medium text-t1">{sentence(message)}</b> {sentence(hint)}
          </span>
        </li>
      ))}
    </ul>
  )
}
