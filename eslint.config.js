import js from '@eslint/js'
import globals from 'globals'
import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'

// ESLint reads the components; everything else that is TypeScript or JavaScript is oxlint's (.oxlintrc.json), a hundred times faster.
export default ts.config(
  { ignores: ['**/node_modules', '**/.svelte-kit', 'web/build', '**/*.ts', '**/*.js', '!**/*.svelte.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { globals: { ...globals.browser }, parserOptions: { parser: ts.parser } },
    rules: {
      // `undefined` from noUncheckedIndexedAccess is asserted away where the line before proves it.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // The compiler's: noUnusedLocals, noUnusedParameters, names that are not declared.
      '@typescript-eslint/no-unused-vars': 'off',
      'no-undef': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'svelte/no-navigation-without-resolve': 'off',
      'svelte/no-at-html-tags': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
)
