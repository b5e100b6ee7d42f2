// GraphiQL over the demo's data, as a first-time visitor sees it: in a real browser where there is one, else over HTTP.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trainDemo } from '../../src/cli/demo/train-demo.ts';
import { findChromium, type GraphiqlVisit, openGraphiql } from '../support/browser.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

/** Left empty, no pictures are taken; the README's is `ModelAndVersions.png` of such a run. */
const SCREENSHOTS = process.env.SCREENSHOTS_DIR;

/** What the subscription is shown. */
const PROMOTION =
  'mutation { promoteVersion(input: {version: {uri: "models:/iris-classifier/1"}, to: STAGING}) { __typename } }';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  await trainDemo({ endpoint: `${registry.url}/graphql`, progress: () => undefined });
}, 60_000);
afterAll(() => registry.stop());

describe('the GraphiQL page', () => {
  it('is served with a policy that lets it load nothing from elsewhere', async () => {
    const page = await fetch(`${registry.url}/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const script = /src="([^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
    const asset = await fetch(new URL(script, `${registry.url}/`));
    expect(asset.status).toBe(200);
    expect(asset.headers.get('cache-control')).toContain('immutable');
  });
});

const chromium = chromiumOrReason();
if ('reason' in chromium) {
  process.stderr.write(`GraphiQL was not opened in a browser: ${chromium.reason}\n`);
} else {
  describe('GraphiQL in a browser, cut off from every other host', () => {
    let visit: GraphiqlVisit;
    beforeAll(async () => {
      visit = await openGraphiql(`${registry.url}/`, {
        ...(SCREENSHOTS && { screenshotsDir: SCREENSHOTS }),
        onStarted: async (title) => {
          if (title === 'FollowEvents') await registry.ask(PROMOTION);
        },
      });
    }, 180_000);

    it('shows the demo in its default tabs, without an error', () => {
      expect(visit.errors).toEqual([]);
      expect(visit.tabs.map((tab) => tab.title)).toEqual([
        'ModelAndVersions',
        'RunAndHistory',
        'PromoteVersion',
        'BestRuns',
        'WhatItRestsOn',
        'ImpactOfData',
        'HowItGotThere',
        'FollowEvents',
      ]);
      const answers = visit.tabs.map((tab) => JSON.parse(tab.response));
      for (const answer of answers) expect(answer.errors).toBeUndefined();
      const [model, run, promotion, best, upstream, impact, paths, followed] = visit.tabs.map((tab) => tab.response);
      expect(model).toContain('"champion"');
      expect(run).toContain('"train/loss"');
      expect(promotion).toContain('"PRODUCTION"');
      expect(best).toContain('"val/accuracy"');
      expect(upstream).toMatch(/"isComplete": true[\s\S]*"wine-train"/);
      expect(impact).toMatch(/"name": "wine"[\s\S]*"inProduction": \{\s*"totalCount": 1,/);
      // By each of the three parts of the table.
      expect(JSON.parse(paths ?? '').data.lineagePaths).toHaveLength(3);
      expect(paths).toContain('"models:/wine-classifier/');
      expect(followed).toContain('"StageChanged"');
    });

    it('completes what is typed, from its own workers', () => {
      expect(visit.suggestions).toContain('models');
      expect(visit.workers.length).toBeGreaterThanOrEqual(2);
    });

    it('asks no other host for anything', () => {
      expect(visit.foreignRequests).toEqual([]);
    });
  });
}

function chromiumOrReason(): { readonly path: string } | { readonly reason: string } {
  try {
    return { path: findChromium() };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}
