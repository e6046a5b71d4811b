import { X } from 'lucide-react'
import { type RefObject, useEffect, useRef } from 'react'
import { Button, IconButton } from '../components/Button'
import { attempt } from '../views/attempt'
import { mainElement } from './focusNode'
import { joinStore, type Undo, useJoin } from './joinStore'

/** So long it stays after nobody is on it any more. */
const STAYS_MS = 12_000

/** What was just changed, with the way back. It is told aloud, takes no keyboard, and goes by itself. */
export function UndoBar() {
  const undo = useJoin(state => state.undo)
  return (
    <div className="undo-place">
      <output className="sr-only" aria-label="Last change">
        {undo?.words ?? ''}
      </output>
      {undo === null ? null : <Bar key={undo.id} undo={undo} />}
    </div>
  )
}

function Bar({ undo: { id, words, undo } }: { undo: Undo }) {
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => (bar.current === null ? undefined : closeWhenLeft(bar.current, id)), [id])
  return (
    <div ref={bar} className="undo-bar">
      <span aria-hidden>{words}</span>
      {undo === null ? null : (
        <Button
          size="s"
          onClick={() => {
            leave(bar, id)
            attempt(undo)
          }}
        >
          Undo
        </Button>
      )}
      <IconButton name="Close" size="s" onClick={() => leave(bar, id)}>
        <X size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
    </div>
  )
}

/** Closes the bar some time after pointer and keyboard are elsewhere. Returns what ends the waiting. */
function closeWhenLeft(bar: HTMLElement, id: number): () => void {
  const gone = new AbortController()
  const { signal } = gone
  let timer: ReturnType<typeof setTimeout> | undefined
  const hold = (): void => clearTimeout(timer)
  const wait = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => close(id), STAYS_MS)
  }
  for (const event of ['pointerenter', 'focusin']) bar.addEventListener(event, hold, { signal })
  for (const event of ['pointerleave', 'focusout']) bar.addEventListener(event, wait, { signal })
  wait()
  return () => {
    gone.abort()
    clearTimeout(timer)
  }
}

function leave(bar: RefObject<HTMLElement | null>, id: number): void {
  const hadKeyboard = bar.current?.contains(document.activeElement) ?? false
  close(id)
  if (hadKeyboard) mainElement()?.focus()
}

/** Only this one: another may have taken its place. */
const close = (id: number): void => joinStore.setState(({ undo }) => (undo?.id === id ? { undo: null } : {}))
