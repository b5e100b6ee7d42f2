// How the two-part names of OpenLineage, a namespace and a name in it, are written as one name here, and read back.
//
// The namespace, a slash, the name: `s3://bucket` and `data/train.csv` are `s3://bucket/data/train.csv`. A namespace is
// either `scheme://authority` or has no slash, so that it ends at the third slash or at the first; in others, which are
// rare, what would end it too early is percent-encoded. What is named here without a namespace is in that of the registry.

/** The namespace of what was recorded here without one. */
export const OWN_NAMESPACE = 'modelgraph';
/** The namespace of versions of models: the model's name is the name, the number the dataset's version. */
export const MODEL_NAMESPACE = 'modelgraph://models';

export interface QualifiedName {
  readonly namespace: string;
  readonly name: string;
}

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;
const WITH_SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*)\/(.+)$/s;
const WITHOUT_SCHEME = /^([^/]+)\/(.+)$/s;

/** One name for both parts, which {@link splitName} takes apart again. */
export function joinName({ namespace, name }: QualifiedName): string {
  const isOwnName = namespace === OWN_NAMESPACE && splitName(name).namespace === OWN_NAMESPACE;
  return isOwnName ? name : `${encodeNamespace(namespace)}/${name}`;
}

/** The two parts of a name; one that has no namespace is in our own. */
export function splitName(joined: string): QualifiedName {
  const [, encoded = '', name = ''] = WITH_SCHEME.exec(joined) ?? WITHOUT_SCHEME.exec(joined) ?? [];
  const namespace = decodeNamespace(encoded);
  const isQualified = namespace !== '' && namespace !== OWN_NAMESPACE && encodeNamespace(namespace) === encoded;
  return isQualified ? { namespace, name } : { namespace: OWN_NAMESPACE, name: joined };
}

/** The scheme of a namespace that has one, such as `s3`. */
export function schemeOf(namespace: string): string | null {
  return SCHEME.exec(namespace)?.[0].slice(0, -'://'.length) ?? null;
}

function encodeNamespace(namespace: string): string {
  const scheme = SCHEME.exec(namespace)?.[0] ?? '';
  const rest = namespace.slice(scheme.length).replaceAll('%', '%25').replaceAll('/', '%2F');
  // `a:` and a name that begins with a slash would read like the scheme of a namespace.
  return scheme + (scheme === '' ? rest.replace(/:$/, '%3A') : rest);
}

function decodeNamespace(encoded: string): string {
  return encoded.replace(/%(25|2F|3A)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
