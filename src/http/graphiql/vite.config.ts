// Builds the GraphiQL page into dist/graphiql: everything it needs, workers and fonts included, comes from there.
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page also works behind a path prefix.
  base: './',
  plugins: [monacoStylesOnce(), fontsAsFiles()],
  build: {
    outDir: fileURLToPath(new URL('../../../dist/graphiql', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // What is inlined cannot be cached by itself, and needs data: in one more directive of a Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    // Monaco is one module graph of this size; kB.
    chunkSizeWarningLimit: 3000,
    // React libraries mark their modules "use client", which means nothing to a page without server components.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});

/** GraphiQL's stylesheet already holds that of Monaco, whose modules would each bring theirs a second time. */
function monacoStylesOnce(): Plugin {
  return {
    name: 'monaco-styles-once',
    load: {
      filter: { id: /\/node_modules\/monaco-editor\/.*\.css$/ },
      handler: () => '',
    },
  };
}

/**
 * GraphiQL's stylesheet carries its fonts as base64, over half a megabyte in the way of the first paint. As files a
 * browser fetches only those whose characters are on the page.
 */
function fontsAsFiles(): Plugin {
  const inlinedFont = /url\(["']?data:font\/(\w+);base64,([\w+/=]+)["']?\)/g;
  return {
    name: 'fonts-as-files',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        file.source = String(file.source).replace(inlinedFont, (_url, format: string, base64: string) => {
          const font = this.emitFile({ type: 'asset', name: `font.${format}`, source: Buffer.from(base64, 'base64') });
          // Stylesheets and fonts lie in the same folder.
          return `url(${this.getFileName(font).replace(/^.*\//, './')})`;
        });
      }
    },
  };
}
