// Versions of datasets, which are their digests here.

/** The digest of a dataset whose version nobody told. */
export const UNVERSIONED = 'unversioned';
