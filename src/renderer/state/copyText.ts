/**
 * Puts text on the clipboard. By way of a copy event: the page is given no permissions, the clipboard's neither, and
 * this way needs none as long as a person has just pressed something.
 * Errors: when the browser refuses.
 */
export async function copyText(text: string): Promise<void> {
  let isCopied = false
  const stop = new AbortController()
  const { signal } = stop
  const onCopy = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
    isCopied = true
  }
  document.addEventListener('beforecopy', event => event.preventDefault(), { signal, capture: true })
  document.addEventListener('copy', onCopy, { signal, capture: true })
  document.execCommand('copy')
  stop.abort()
  if (!isCopied) await navigator.clipboard.writeText(text)
}
