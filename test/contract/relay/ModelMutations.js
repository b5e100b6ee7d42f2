import { graphql } from 'relay-runtime';

// Changes that update the lists on the screen.
graphql`
  mutation ModelMutationsRegisterMutation($input: RegisterModelInput!, $connections: [ID!]!) {
    registerModel(input: $input) {
      model @prependNode(connections: $connections, edgeTypeName: "ModelEdge") {
        ...ModelPage_model
      }
    }
  }
`;

graphql`
  mutation ModelMutationsDeleteMutation($input: DeleteModelInput!, $connections: [ID!]!) {
    deleteModel(input: $input) {
      deletedId @deleteEdge(connections: $connections)
    }
  }
`;
