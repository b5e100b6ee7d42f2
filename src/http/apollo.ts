// Apollo Server over the GraphQL service: HTTP semantics from the library, limits and masking from ours.

import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { RequestContext } from '../core/context.ts';
import { DomainError } from '../core/errors.ts';
import { identityOf } from '../graphql/operation.ts';
import type { GraphService } from '../graphql/service.ts';

const OVER_WEBSOCKET =
  'A subscription goes over WebSocket, with the protocol graphql-transport-ws, to this same address.';

export async function startApollo(graph: GraphService, log: Logger): Promise<ApolloServer<RequestContext>> {
  const apollo = new ApolloServer<RequestContext>({
    schema: graph.schema,
    introspection: true,
    csrfPrevention: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    // Without the line's end that Apollo adds, for which the text would be copied.
    stringifyResult: (result) => JSON.stringify(result),
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    parseOptions: graph.documents.parseOptions,
    validationRules: graph.documents.rules,
    validationOptions: graph.documents.validationOptions,
    formatError: (_formatted, error) => graph.formatError(error),
    logger: log as never,
    plugins: [
      // Its field hook would wrap every resolver of the schema for good.
      ApolloServerPluginCacheControlDisabled(),
      {
        requestDidStart: async () => ({
          didResolveOperation: async ({ document, operation, request }) => {
            // Without an operation the execution says why there is none.
            if (!operation) return;
            graph.telemetry.resolved(identityOf(operation));
            if (operation.operation === 'subscription') throw refused(OVER_WEBSOCKET);
            try {
              graph.checkCost(document, operation, request.variables);
            } catch (error) {
              throw error instanceof DomainError ? refused(error.message, error) : error;
            }
          },
          // Without an answer here Apollo has graphql-js give it, and its errors their form and status.
          responseForOperation: async ({ document, request, contextValue }) => {
            const { query, operationName, variables: variableValues } = request;
            if (query !== undefined) graph.documents.keep(query, document);
            const singleResult = await graph.answer({ document, operationName, variableValues, contextValue });
            if (!singleResult) return null;
            const http = { status: undefined, headers: new HeaderMap() };
            return { http, body: { kind: 'single', singleResult } };
          },
        }),
      },
    ],
  });
  await apollo.start();
  return apollo;
}

/** An error that says before anything ran why nothing will. */
function refused(message: string, originalError?: Error): GraphQLError {
  return new GraphQLError(message, {
    ...(originalError && { originalError }),
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
}
