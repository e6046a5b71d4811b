/** Asks where to save a text, by its kind: the window lets out nothing else but these and logs. */
export function saveText(
  fileName: string,
  text: string,
  type: 'application/json' | 'text/plain' = 'application/json',
): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // Whoever reads it has begun by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
