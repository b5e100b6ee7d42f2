import { graphql } from 'relay-runtime';

// A list that pages forward, and is fetched anew with other arguments.
graphql`
  fragment ModelList_query on Query
  @refetchable(queryName: "ModelListPaginationQuery")
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 20 }
    after: { type: "String" }
    filter: { type: "ModelFilter" }
    orderBy: { type: "[ModelOrder!]" }
  ) {
    models(first: $first, after: $after, filter: $filter, orderBy: $orderBy) @connection(key: "ModelList_models") {
      totalCount
      edges {
        node {
          id
          ...ModelPage_model
        }
      }
    }
  }
`;

graphql`
  query ModelListQuery($filter: ModelFilter, $orderBy: [ModelOrder!]) {
    ...ModelList_query @arguments(first: 10, filter: $filter, orderBy: $orderBy)
  }
`;
