import { AlertDialog } from '@base-ui/react/alert-dialog'
import type { ReactNode, RefObject } from 'react'

export interface ModalProps {
  /** Its accessible name, whatever the headline says meanwhile. */
  readonly name: string
  readonly isOpen: boolean
  /** Escape, and nothing else: it leaves everything as it is. */
  readonly onLeave: () => void
  /** What gets the keyboard first: the harmless button. */
  readonly firstRef?: RefObject<HTMLElement | null>
  /** Who gets the keyboard afterwards, when not whoever had it before. */
  readonly backTo?: () => HTMLElement | null
  readonly children: ReactNode
  /** The row of buttons at the foot. */
  readonly buttons: ReactNode
}

/** A question that needs an answer. Pressing beside it does nothing, Escape never says yes. */
export function Modal({ name, isOpen, onLeave, firstRef, backTo, children, buttons }: ModalProps) {
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={open => (open ? undefined : onLeave())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="scrim" />
        <AlertDialog.Popup
          className="modal"
          aria-label={name}
          {...(firstRef && { initialFocus: firstRef })}
          {...(backTo && { finalFocus: () => backTo() ?? true })}
        >
          <div className="modal-body">{children}</div>
          <div className="modal-buttons">{buttons}</div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
