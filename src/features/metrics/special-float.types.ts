// The values of a metric that are no finite numbers.

import { registerEnumType } from 'type-graphql';

export enum SpecialFloat {
  NAN = 'NAN',
  POSITIVE_INFINITY = 'POSITIVE_INFINITY',
  NEGATIVE_INFINITY = 'NEGATIVE_INFINITY',
}
registerEnumType(SpecialFloat, {
  name: 'SpecialFloat',
  description: 'A value that is no finite number.',
  valuesConfig: {
    NAN: { description: 'Not a number; compares with nothing.' },
    POSITIVE_INFINITY: { description: 'Greater than every number.' },
    NEGATIVE_INFINITY: { description: 'Less than every number.' },
  },
});
