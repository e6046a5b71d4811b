// @ts-check

const STEP_PERCENT = 10
const BAR_WIDTH = 30

/**
 * Progress in a terminal: one line that is drawn over and over; where the output is no terminal, a line whenever the
 * words before the numbers change and at every 10 %.
 * @param {{ isTTY?: boolean, columns?: number, write(text: string): unknown }} output
 */
export function createProgressLine(output) {
  const isTerminal = output.isTTY === true
  let shown = ''

  return {
    /**
     * @param {string} text
     * @param {number | null} percent null: how far it is, nobody knows
     */
    show(text, percent) {
      const line = percent === null ? text : `${bar(percent)} ${String(percent).padStart(3)} %  ${text}`
      const key = isTerminal
        ? line
        : `${text.split('  ')[1] ?? text} ${Math.floor((percent ?? 0) / STEP_PERCENT)}`
      if (key === shown) return
      shown = key
      output.write(isTerminal ? `\r\u001b[K${line.slice(0, (output.columns ?? 80) - 1)}` : `${line}\n`)
    },
    end() {
      if (isTerminal && shown !== '') output.write('\n')
    },
  }
}

/** @param {number} percent */
function bar(percent) {
  const full = Math.round((percent / 100) * BAR_WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`
}
