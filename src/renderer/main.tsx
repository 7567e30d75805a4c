import { z } from 'zod'
import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles.css'
import '@mantine/spotlight/styles.css'
import './app/theme.css'
import './app/base.css'

// The content security policy forbids making code from text, which zod tries when a schema is made: hence before them.
z.config({ jitless: true })

const { showPage } = await import('./page.tsx')
showPage(document.querySelector('#root'))
