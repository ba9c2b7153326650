import { resolve } from 'node:path'
import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'

const root = import.meta.dirname

export default defineConfig({
  root,
  server: { fs: { allow: [root, resolve(root, '../server'), resolve(root, '../node_modules')] } },
  build: {
    rolldownOptions: {
      // A schema that a page does not name is left out of what the page loads.
      treeshake: { moduleSideEffects: [{ test: /server[\\/](\w+[\\/])+schema\.ts$/, sideEffects: false }] },
    },
  },
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            codeSplitting: {
              // What most pages need comes as one file: twenty requests fewer, and it compresses better. Schemas stay with the pages that ask by them.
              // SvelteKit's own modules stay out: run with the rest they would miss the version that the page hands them, and every
              // failed call would load the page anew.
              groups: [
                {
                  name: 'common',
                  minShareCount: 8,
                  test: /node_modules[\\/](?!@sveltejs[\\/]kit)|lib[\\/](components|format)/,
                },
              ],
            },
          },
        },
      },
    },
  },
  plugins: [
    sveltekit({
      adapter: adapter({ out: resolve(root, 'build'), precompress: true }),
      csp: {
        mode: 'auto',
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          'style-src': ['self'],
          // Typeset formulas in answers place their parts by style attributes.
          'style-src-attr': ['unsafe-inline'],
          'img-src': ['self', 'data:', 'blob:'],
          'connect-src': ['self'],
          'object-src': ['none'],
          'base-uri': ['none'],
          'form-action': ['self'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
})
