// Adds default tabs that are newer than a browser's last visit to the tabs it remembers.
import type { DefaultTab } from './default-tabs.ts';
import { pageStorage } from './storage.ts';

/** Where GraphiQL itself keeps the open tabs. */
const tabsKey = 'graphiql:tabState';
/** Where we keep which default tabs were offered, so that one which was closed stays closed. */
const offeredKey = 'offeredTabs';

/**
 * GraphiQL opens its default tabs only where it remembers none, which would hide a tab that a later release brings.
 * To be called before GraphiQL reads its storage.
 *
 * @returns whether this browser is here for the first time
 */
export function offerNewTabs(defaultTabs: readonly DefaultTab[]): boolean {
  const remembered = rememberedTabs();
  const offered = remembered ? parsedStrings(pageStorage.getItem(offeredKey)) : [];
  pageStorage.setItem(offeredKey, JSON.stringify(defaultTabs.map((tab) => tab.title)));
  if (!remembered) return true;

  const newTabs = defaultTabs.filter((tab) => !offered.includes(tab.title));
  if (newTabs.length > 0) {
    remembered.tabs.push(...newTabs.map(asRemembered));
    pageStorage.setItem(tabsKey, JSON.stringify(remembered));
  }
  return false;
}

function asRemembered({ title, query, variables }: DefaultTab) {
  const id = `default-${title}`;
  return { id, title, hash: null, query, variables, headers: null, operationName: title, response: null };
}

function rememberedTabs(): { tabs: unknown[] } | undefined {
  const state = parsed(pageStorage.getItem(tabsKey));
  const tabs = typeof state === 'object' && state !== null && 'tabs' in state ? state.tabs : undefined;
  return Array.isArray(tabs) && tabs.length > 0 ? { ...(state as object), tabs } : undefined;
}

function parsedStrings(text: string | null): string[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    // Whatever wrote this, GraphiQL begins anew then, and so do we.
    return null;
  }
}
