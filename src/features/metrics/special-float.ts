// The values of a metric that are no finite numbers.

export enum SpecialFloat {
  NAN = 'NAN',
  POSITIVE_INFINITY = 'POSITIVE_INFINITY',
  NEGATIVE_INFINITY = 'NEGATIVE_INFINITY',
}
