import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Providers } from './app/providers.tsx'
import { createPageRouter } from './app/router.tsx'
import { createDeskLink } from './client.ts'

/** Shows the page in the element. */
export function showPage(place: Element | null): void {
  if (place === null) throw new Error('index.html has no #root.')
  const desk = createDeskLink()
  const router = createPageRouter()
  createRoot(place).render(
    <StrictMode>
      <Providers desk={desk}>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  )
}
