/** No answer for so long, and none is waited for: on a connection that died in silence none ever comes. Milliseconds. */
const ANSWER_MS = 20_000;

/** What the server said no to. `status` is HTTP's; `fields` says what is wrong with which part of the request. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly status: number,
    message: string,
    readonly fields: Readonly<Record<string, readonly string[]>>,
    /** What `Retry-After` asked for, milliseconds. */
    readonly after_ms?: number,
  ) {
    super(message);
  }
}

/** No answer came: the network or the server is away. `after_ms` as in {@link Refused}. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  constructor(readonly after_ms?: number) {
    super();
  }
}

interface Envelope {
  requestError?: { serviceException?: { text?: string; validationErrors?: Record<string, string[]> } };
}

/** Asks the server. `T` is the shape its contract promises for this path; an answer without a body is `undefined`. */
export async function ask<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
): Promise<T> {
  return parsed(await answerOf(method, path, body)) as T;
}

/** Asks the server for JSON whose very text matters: key order and digits. */
export function askText(path: string): Promise<string> {
  return answerOf('GET', path, undefined);
}

async function answerOf(method: string, path: string, body: object | undefined): Promise<string> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const request: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json' }, signal };
  if (body !== undefined) {
    request.headers = { ...request.headers, 'content-type': 'application/json' };
    request.body = JSON.stringify(body);
  }
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, request);
    text = await response.text();
  } catch {
    throw new Unreachable();
  }
  if (response.ok) return text;
  // A proxy in front of a server that is down answers in its name.
  const after = Number(response.headers.get('retry-after')) * 1000 || undefined;
  if (response.status === 502 || response.status === 503 || response.status === 504) throw new Unreachable(after);
  const exception = (parsed(text) as Envelope | undefined)?.requestError?.serviceException;
  const { text: message = response.statusText, validationErrors = {} } = exception ?? {};
  throw new Refused(response.status, message, validationErrors, after);
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
