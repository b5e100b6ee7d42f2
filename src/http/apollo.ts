// Apollo Server over the GraphQL service: HTTP semantics from the library, limits and masking from ours.

import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import type { Logger } from 'pino';
import type { RequestContext } from '../core/context.ts';
import type { GraphService } from '../graphql/service.ts';

export async function startApollo(graph: GraphService, log: Logger): Promise<ApolloServer<RequestContext>> {
  const apollo = new ApolloServer<RequestContext>({
    schema: graph.schema,
    introspection: true,
    csrfPrevention: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    parseOptions: graph.parseOptions,
    validationRules: graph.rules,
    formatError: (_formatted, error) => graph.formatError(error),
    logger: log as never,
    plugins: [
      // Its field hook would wrap every resolver of the schema for good.
      ApolloServerPluginCacheControlDisabled(),
      {
        requestDidStart: async () => ({
          didResolveOperation: async ({ document, request }) => {
            graph.checkCost(document, request.operationName, request.variables);
          },
        }),
      },
    ],
  });
  await apollo.start();
  return apollo;
}
