import { graphql } from 'relay-runtime';

// A component that fetches itself anew by its id.
graphql`
  fragment ModelPage_model on Model @refetchable(queryName: "ModelPageRefetchQuery") {
    id
    name
    description
    exclusiveStages
    revision
    createdAt
    createdBy {
      name
    }
    tags {
      key
      value
    }
  }
`;

graphql`
  query ModelPageQuery($id: ID!) {
    node(id: $id) {
      __typename
      ...ModelPage_model @alias(as: "model")
    }
  }
`;
