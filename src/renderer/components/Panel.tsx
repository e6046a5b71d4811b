import type { ReactNode } from 'react'

export interface PanelProps {
  readonly title: string
  /** Beside the title, quieter. */
  readonly note?: string | null
  /** At the right end of the title's line. */
  readonly corner?: ReactNode
  readonly children: ReactNode
}

/** A titled box for a table. What is wider than it scrolls inside. */
export function Panel({ title, note = null, corner, children }: PanelProps) {
  return (
    <section className="panel" aria-label={`${title} panel`}>
      <header className="panel-head">
        <h2 className="font-semibold">{title}</h2>
        {note === null ? null : <span className="truncate text-dense text-t3">{note}</span>}
        {corner === undefined ? null : <span className="ml-auto flex items-center gap-2">{corner}</span>}
      </header>
      <div className="panel-body">{children}</div>
    </section>
  )
}

/** What stands in a panel that has nothing to show: why, and what to do. */
export function EmptyState({
  icon,
  title,
  children,
}: {
  icon: ReactNode
  title: string
  children: ReactNode
}) {
  return (
    <div className="flex items-center gap-4 px-6 py-7">
      <span className="text-t3">{icon}</span>
      <div>
        <p className="font-medium">{title}</p>
        <p className="max-w-[110ch] text-t2">{children}</p>
      </div>
    </div>
  )
}
