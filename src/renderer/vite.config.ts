import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Builds the page alone, for tests that serve it from a fake desk.
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../../out/renderer',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1_500,
  },
})
