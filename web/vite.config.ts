import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const api = process.env.QUANTRAC_API ?? 'http://127.0.0.1:8080'
const proxy = { '/api': { target: api }, '/healthz': { target: api } }

const WORKER = 'sw.js'

/** Tells the service worker which files its version has. */
function files(): Plugin {
  return {
    name: 'quantrac-files',
    apply: 'build',
    writeBundle({ dir = 'dist' }, bundle) {
      const made = Object.keys(bundle).filter((name) => name !== WORKER && name !== 'index.html')
      const names = [...made, ...readdirSync('public')].sort()
      const version = createHash('sha256')
      for (const name of [...names, 'index.html']) version.update(name).update(readFileSync(join(dir, name)))
      const at = join(dir, WORKER)
      const script = readFileSync(at, 'utf8')
      const written = script.replace('__FILES__', JSON.stringify(names.map((name) => `/${name}`))).replace('__VERSION__', JSON.stringify(version.digest('hex').slice(0, 16)))
      if (/__(FILES|VERSION)__/.test(written) || /\bimport\b/.test(script)) throw new Error(`${WORKER} is not one script that names its files once`)
      writeFileSync(at, written)
    },
  }
}

export default defineConfig({
  plugins: [svelte(), files()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/sw.ts' },
      // The worker's name says nothing of its version: the browser asks for it under the same one each time.
      output: { entryFileNames: ({ name }) => (name === 'sw' ? WORKER : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy },
  preview: { proxy },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
