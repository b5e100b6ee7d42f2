// One request to one server, and what its answer tells of whether it was done.

/** Any answer's data; who asked knows its shape. */
// biome-ignore lint/suspicious/noExplicitAny: the answer of an arbitrary operation
export type Data = any;

export type Answer =
  | { readonly is: 'done'; readonly data: Data }
  /** A rule said no: nothing was done. */
  | { readonly is: 'refused'; readonly code: string; readonly message: string }
  /** Nobody took the request. */
  | { readonly is: 'unsent' }
  /** It may have been done. */
  | { readonly is: 'unknown'; readonly why: string };

/** A request whose server or database is gone gets no answer; so long is waited for one. */
const ANSWER_LIMIT_MS = 20_000;
const REFUSALS = new Set(['CONFLICT', 'NOT_FOUND', 'BAD_USER_INPUT', 'PRECONDITION_FAILED', 'CURSOR_EXPIRED']);
const TEMPORARY = 'UNAVAILABLE';

/** Errors that are no part of the contract, with how often each came. */
export const unexpectedErrors = new Map<string, number>();

export async function ask(url: string, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  let body: { data?: Data; errors?: { message: string; extensions?: { code?: string } }[] };
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    body = (await response.json()) as typeof body;
  } catch (error) {
    const code = ((error as Error).cause as { code?: string } | undefined)?.code ?? (error as Error).name;
    return code === 'ECONNREFUSED' ? { is: 'unsent' } : { is: 'unknown', why: code };
  }
  // A server that is about to end says so before it reads the request.
  if (!body.data && !body.errors) return { is: 'unknown', why: JSON.stringify(body) };
  const [error] = body.errors ?? [];
  if (!error) return { is: 'done', data: body.data };
  const code = error.extensions?.code ?? 'none';
  if (REFUSALS.has(code)) return { is: 'refused', code, message: error.message };
  if (code !== TEMPORARY) {
    const what = `${code}: ${error.message}`;
    unexpectedErrors.set(what, (unexpectedErrors.get(what) ?? 0) + 1);
  }
  return { is: 'unknown', why: `${code}: ${error.message}` };
}

/** Asks one server after the other until one answers. @throws where none does for a while, or a rule says no */
export async function insist(
  urls: readonly string[],
  query: string,
  variables: Record<string, unknown> = {},
  limitMs = 60_000,
): Promise<Data> {
  const deadline = Date.now() + limitMs;
  for (let turn = 0; ; turn++) {
    const answer = await ask(urls[turn % urls.length] ?? '', query, variables);
    if (answer.is === 'done') return answer.data;
    if (answer.is === 'refused' || Date.now() > deadline) throw new Error(`${query}: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
