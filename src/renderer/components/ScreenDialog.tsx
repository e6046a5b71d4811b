import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { IconButton } from './Button'

export interface ScreenDialogProps {
  /** Its accessible name, whatever the headline says meanwhile. */
  readonly name: string
  /** Escape, or the cross. Pressing beside it does nothing: what was typed is not lost by a slip. */
  readonly onLeave: () => void
  readonly size?: 'm' | 'l'
  /** Who gets the keyboard afterwards when whoever had it is gone. */
  readonly backTo?: () => HTMLElement | null
  /** One `DialogParts`; which one may change. What is marked `data-first` in it gets the keyboard first. */
  readonly children: ReactNode
}

/** A dialog with things to fill in. It is open as long as it is drawn. */
export function ScreenDialog(props: ScreenDialogProps) {
  const { name, onLeave, size = 'm', backTo, children } = props
  const [opener] = useState(() => document.activeElement)
  const popup = useRef<HTMLDivElement>(null)
  const first = (): HTMLElement | true => popup.current?.querySelector<HTMLElement>('[data-first]') ?? true
  const back = (): HTMLElement | true => {
    const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body
    return isThere ? opener : (backTo?.() ?? true)
  }
  return (
    <Dialog.Root open disablePointerDismissal onOpenChange={open => (open ? undefined : onLeave())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup
          ref={popup}
          className="modal"
          data-size={size}
          aria-label={name}
          finalFocus={back}
          initialFocus={first}
        >
          {children}
          <Dialog.Close
            render={
              <IconButton name="Close" className="modal-close">
                <X size={16} strokeWidth={1.75} aria-hidden />
              </IconButton>
            }
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** What a dialog says and asks, and the row of buttons at its foot. */
export const DialogParts = ({ children, buttons }: { children: ReactNode; buttons: ReactNode }) => (
  <>
    <div className="modal-body">{children}</div>
    <div className="modal-buttons">{buttons}</div>
  </>
)
