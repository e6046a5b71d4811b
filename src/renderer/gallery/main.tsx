import { createRoot } from 'react-dom/client'
import { Gallery } from './Gallery'

// A scene is a whole world with its own stores: another one begins with a fresh page.
window.addEventListener('hashchange', () => window.location.reload())
const root = document.querySelector('#root')
if (root !== null) createRoot(root).render(<Gallery address={window.location.hash.slice(1)} />)
