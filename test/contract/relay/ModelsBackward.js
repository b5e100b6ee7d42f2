import { graphql } from 'relay-runtime';

// A list that pages backward.
graphql`
  fragment ModelsBackward_query on Query
  @refetchable(queryName: "ModelsBackwardPaginationQuery")
  @argumentDefinitions(last: { type: "Int", defaultValue: 20 }, before: { type: "String" }) {
    models(last: $last, before: $before) @connection(key: "ModelsBackward_models") {
      edges {
        node {
          name
        }
      }
    }
  }
`;

graphql`
  query ModelsBackwardQuery {
    ...ModelsBackward_query
  }
`;
