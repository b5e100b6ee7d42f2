// How a repository is called: its address without credentials, what is the same however it is written, and its short name.

/** `git@host:owner/name.git` */
const SCP_FORM = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)(.+)$/;
const URL_FORM = /^[a-z][a-z0-9+.-]*:\/\//i;

export interface RepositoryAddress {
  /** As git knows it, without user, password or token. */
  readonly url: string;
  /** Host and path: the same over https, ssh and with or without `.git`. */
  readonly identity: string;
  /** The last part of its path. */
  readonly name: string;
}

/** Reads the address of a remote; a path of this machine is one as well. */
export function repositoryAddress(text: string): RepositoryAddress {
  if (URL_FORM.test(text)) {
    const url = parsed(text);
    if (url) return addressOf(withoutCredentials(url), `${url.host}${url.pathname}`);
  }
  const scp = URL_FORM.test(text) ? null : SCP_FORM.exec(text);
  if (scp) {
    const [, host = '', path = ''] = scp;
    // The user is `git` nearly always, and says nothing of the repository.
    return addressOf(`ssh://${host}/${path.replace(/^\/+/, '')}`, `${host}/${path.replace(/^\/+/, '')}`);
  }
  return addressOf(text.replace(/\/\/[^@/]*@/, '//'), text);
}

function addressOf(url: string, place: string): RepositoryAddress {
  const identity = trimmed(place);
  return { url, identity, name: identity.split('/').at(-1) || identity };
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function withoutCredentials(url: URL): string {
  const clean = new URL(url);
  clean.username = '';
  clean.password = '';
  // Tokens are passed in queries as well, and no repository is told apart by one.
  clean.search = '';
  clean.hash = '';
  return clean.href;
}

function trimmed(place: string): string {
  return place
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/\/+$/, '');
}
