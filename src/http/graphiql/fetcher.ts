// Sends operations to the server the page came from: queries and mutations over HTTP, subscriptions over WebSocket.
import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-ws';

/**
 * A fetcher for the endpoint `graphql` beside the page, so that it also works behind a path prefix.
 * The headers of the headers editor go along with requests, and with a subscription as its connection parameters.
 */
export function sameOriginFetcher(): Fetcher {
  const endpoint = new URL('graphql', document.baseURI);
  const socketEndpoint = new URL(endpoint);
  socketEndpoint.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

  return (operation, options) => {
    const fetcher = createGraphiQLFetcher({
      url: endpoint.href,
      // A client opens its socket only when something subscribes. It does not retry: a new subscription
      // would begin at the present, and hide that events between the two were missed.
      wsClient: createClient({ url: socketEndpoint.href, connectionParams: options?.headers, retryAttempts: 0 }),
      enableIncrementalDelivery: false,
    });
    return fetcher(operation, options);
  };
}
