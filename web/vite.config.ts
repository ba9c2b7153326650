import { resolve } from 'node:path'
import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'

const root = import.meta.dirname

export default defineConfig({
  root,
  server: { fs: { allow: [root, resolve(root, '../server'), resolve(root, '../node_modules')] } },
  build: {
    // The policy below lets fonts come from files only: put into a style sheet they would not load.
    assetsInlineLimit: (file) => (/\.woff2?$/.test(file) ? false : undefined),
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
              // SvelteKit hands the page's version to `payload.js` before it loads the rest, which therefore cannot be the same file; nor can what loads it.
              groups: [
                { name: 'payload', test: /client[\\/]payload\.js|preload-helper/, priority: 2 },
                {
                  name: 'common',
                  priority: 1,
                  minShareCount: 8,
                  test: /node_modules|lib[\\/](components|format|api[\\/](ask|create))|server[\\/]core[\\/]schema/,
                },
                // A file of its own costs more in headers than each of these holds.
                {
                  name: 'frame',
                  test: /server[\\/](accounts|links)[\\/]schema|lib[\\/](device-store|api[\\/]accounts|words[\\/](frame|languages|part|speech|en[\\/](frame|say))|components[\\/](Brand|ErrorNotice))\./,
                },
                {
                  name: 'card',
                  test: /server[\\/](battles|queries[\\/]categories)[\\/]schema|lib[\\/](words[\\/]problems|components[\\/]answers[\\/]\w+)\./,
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
