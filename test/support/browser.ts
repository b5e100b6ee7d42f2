// Drives the GraphiQL page in a real, headless Chromium, cut off from every host but the server under test.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

/** What a visit to the GraphiQL page showed. */
export interface GraphiqlVisit {
  /** The title of the document. */
  title: string;
  /** Every default tab, in order, with the text that its response pane showed. */
  tabs: { title: string; response: string }[];
  /** What the editor suggests after `{ mod`. */
  suggestions: string[];
  /** The scripts of the web workers that started, each once. */
  workers: string[];
  /** Console errors and warnings, uncaught errors and failed requests; all of them are defects. */
  errors: string[];
  /** Requests to other hosts, which were blocked. */
  foreignRequests: string[];
}

export interface VisitOptions {
  /** Where to leave a screenshot of each tab; none are taken without it. */
  screenshotsDir?: string;
  colorScheme?: 'light' | 'dark';
  /** Called when a tab has been started: a subscription answers only when something happens. */
  onStarted?: (title: string) => Promise<void>;
}

/** How long one step of a visit may take, on a busy machine with cold caches. */
const stepTimeoutMs = 20_000;
/** GraphiQL reads the operation of a tab a moment (100 ms) after it changed; running it earlier would run the old one. */
const settleMs = 400;

/**
 * The Chromium of this machine: `CHROMIUM_PATH`, or one of its usual names.
 *
 * @throws Error if there is none
 */
export function findChromium(): string {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, where there is no file.`);
  }
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (!found) throw new Error('No Chromium found: install the package chromium, or set CHROMIUM_PATH to its program.');
  return found;
}

/**
 * Opens the GraphiQL page as a first-time visitor, runs every default tab and asks for suggestions in a new one.
 *
 * @param url of the page, for instance `http://127.0.0.1:4000/`
 */
export async function openGraphiql(url: string, options: VisitOptions = {}): Promise<GraphiqlVisit> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: options.colorScheme ?? 'light',
    });
    context.setDefaultTimeout(stepTimeoutMs);
    const foreignRequests = await blockOtherHosts(context, new URL(url).host);
    const page = await context.newPage();
    const errors = recordErrors(page);
    const workers = new Set<string>();
    page.on('worker', (worker) => workers.add(worker.url()));

    await page.goto(url);
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
    const tabs: GraphiqlVisit['tabs'] = [];
    for (const tab of await page.getByRole('tab').all()) {
      const title = (await tab.innerText()).trim();
      await tab.locator('button').first().click();
      const response = await runOpenTab(page, () => options.onStarted?.(title));
      tabs.push({ title, response });
      await takeScreenshot(page, options.screenshotsDir, title);
    }
    const suggestions = await suggestionsAfter(page, '{ mod');
    await takeScreenshot(page, options.screenshotsDir, 'suggestions');
    return { title: await page.title(), tabs, suggestions, workers: [...workers], errors, foreignRequests };
  } finally {
    await browser.close();
  }
}

async function blockOtherHosts(context: BrowserContext, ownHost: string): Promise<string[]> {
  const blocked: string[] = [];
  const isForeign = (url: URL) => /^(https?|wss?):$/.test(url.protocol) && url.host !== ownHost;
  await context.route(isForeign, async (route) => {
    blocked.push(route.request().url());
    await route.abort('blockedbyclient');
  });
  await context.routeWebSocket(isForeign, async (socket) => {
    blocked.push(socket.url());
    await socket.close();
  });
  return blocked;
}

function recordErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    const type = message.type();
    if (type === 'error' || type === 'warning') errors.push(`console ${type}: ${message.text()}`);
  });
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => errors.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) errors.push(`status ${response.status()}: ${response.url()}`);
  });
  return errors;
}

async function runOpenTab(page: Page, onStarted: () => Promise<void> | undefined): Promise<string> {
  await page.waitForTimeout(settleMs);
  await page.locator('.graphiql-execute-button').click();
  await page.waitForTimeout(settleMs);
  await onStarted();
  await page.locator('.graphiql-response .view-line', { hasText: /\S/ }).first().waitFor();
  await page.waitForTimeout(settleMs);
  // The editor renders only the lines in view; the whole text is in its model, which GraphiQL makes reachable here.
  return page.evaluate<string>(
    `globalThis.__MONACO.editor.getModels().find((model) => model.uri.path.endsWith('response.json')).getValue()`,
  );
}

async function suggestionsAfter(page: Page, text: string): Promise<string[]> {
  await page.locator('.graphiql-tab-add').click();
  await page.waitForTimeout(settleMs);
  await page.locator('.graphiql-query-editor .view-lines').click();
  await page.keyboard.type(text, { delay: 50 });
  const rows = page.locator('.suggest-widget.visible .monaco-list-row .label-name');
  await rows.first().waitFor();
  return (await rows.allInnerTexts()).map((label) => label.trim());
}

async function takeScreenshot(page: Page, folder: string | undefined, name: string): Promise<void> {
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
