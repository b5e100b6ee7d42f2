// The code that the README shows, so that tests run just that.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = join(import.meta.dirname, '../../README.md');

/** The one block of a language that has a text in it. @throws where there is none, or are several */
export function readmeCode(language: string, containing: string): string {
  const blocks = [...readFileSync(README, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, ofLanguage, code]) => ofLanguage === language && code?.includes(containing))
    .map(([, , code]) => code ?? '');
  const [code] = blocks;
  if (code === undefined || blocks.length > 1) {
    throw new Error(`The README has ${blocks.length} blocks of ${language} with ${containing}, not one.`);
  }
  return code;
}
