/** Colours there are, and ways to dash them; beyond all their pairs logs differ by their label. */
const COLOURS = 8
const DASHES = 4

/** A log's colour as a bar: dashed in a way of its own, too, so that the colour is never alone. */
export const LogMark = ({ colour }: { colour: number }) => (
  <span
    className="log-mark"
    data-colour={colour % COLOURS}
    data-dash={(colour + Math.floor(colour / COLOURS)) % DASHES}
    aria-hidden
  />
)
