/** Asks where to save a text, JSON by its kind: the window lets out nothing else but this and logs. */
export function saveText(fileName: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // Whoever reads it has begun by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
