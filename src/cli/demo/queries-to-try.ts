// Three queries over what the demo makes, for a person to paste into GraphiQL.

export interface QueryToTry {
  readonly question: string;
  readonly query: string;
}

export const queriesToTry: readonly QueryToTry[] = [
  {
    question: 'Which version is in production, who put it there and why?',
    query: /* GraphQL */ `query WhoIsInProduction {
  model(by: { name: "wine-classifier" }) {
    version(by: { alias: "champion" }) { number description }
    stageChanges { nodes { version { number } from to at comment actor { name } } }
  }
}`,
  },
  {
    question: 'How did the runs of the sweep do, best first?',
    query: /* GraphQL */ `query BestRuns {
  experiment(by: { name: "wine-cultivars" }) {
    runs(orderBy: [{ metric: "val/f1", direction: DESC }]) {
      nodes { name status params(keys: ["hidden_units", "learning_rate"]) { key value } metrics(keys: ["val/f1", "val/loss"]) { key value special } }
    }
  }
}`,
  },
  {
    question: 'Which published data did the production model come from?',
    query: /* GraphQL */ `query WhereDoesItComeFrom {
  modelVersion(by: { uri: "models:/iris-classifier@champion" }) {
    number uri run { name inputs { context dataset { name digest source } } }
  }
}`,
  },
];
