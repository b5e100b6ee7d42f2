// Which operation a request asks for.

import { type ExecutionArgs, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { OperationIdentity } from '../core/telemetry.ts';

export function identityOf({ operation, name }: OperationDefinitionNode): OperationIdentity {
  return { type: operation, name: name?.value };
}

/** @returns undefined where the name leads to none, or none is given and there are several */
export function identityOfArgs({ document, operationName }: ExecutionArgs): OperationIdentity | undefined {
  const operation = getOperationAST(document, operationName);
  return operation ? identityOf(operation) : undefined;
}
