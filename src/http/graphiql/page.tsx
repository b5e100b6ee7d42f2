// The GraphiQL page: its logo, its default tabs and what it remembers between visits.
import { GraphiQL } from 'graphiql';
import { defaultTabs } from './default-tabs.ts';
import { sameOriginFetcher } from './fetcher.ts';
import { offerNewTabs } from './remembered-tabs.ts';
import { pageStorage } from './storage.ts';

const fetcher = sameOriginFetcher();
const isFirstVisit = offerNewTabs(defaultTabs);

/** GraphiQL reads headers as JSON with comments, so this sends nothing until the line with the name is uncommented. */
const defaultHeaders = `{
  // Uncomment, to be recorded with what you change:
  // "X-Actor": "your-name"
}`;

/**
 * Headers may come to hold credentials, so they are forgotten unless the settings dialog says otherwise. GraphiQL reads
 * that setting back only where this is true: without it, the switch of the dialog would not outlive a reload.
 */
const keepsHeaders = pageStorage.getItem('graphiql:shouldPersistHeaders') === 'true';

export function Page() {
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={pageStorage}
      defaultTabs={[...defaultTabs]}
      // GraphiQL shows the query of the first tab by itself, but not its variables.
      initialVariables={isFirstVisit ? defaultTabs[0]?.variables : undefined}
      defaultHeaders={defaultHeaders}
      defaultEditorToolsVisibility="variables"
      shouldPersistHeaders={keepsHeaders || undefined}
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>
        <span className="modelgraph-logo">
          model<b>graph</b>
        </span>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
