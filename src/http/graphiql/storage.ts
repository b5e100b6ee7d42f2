// Keeps what GraphiQL remembers under a name of its own, apart from other pages that the same host may serve.

const namespace = 'modelgraph:';

function ownKeys(): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(namespace));
}

/** The browser's local storage, reduced to the keys of this page; `clear` leaves those of others alone. */
export const pageStorage = {
  getItem: (key: string) => localStorage.getItem(namespace + key),
  setItem: (key: string, value: string) => localStorage.setItem(namespace + key, value),
  removeItem: (key: string) => localStorage.removeItem(namespace + key),
  clear: () => {
    for (const key of ownKeys()) localStorage.removeItem(key);
  },
  get length() {
    return ownKeys().length;
  },
};
