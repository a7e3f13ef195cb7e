/**
 * One way to the server. Two kinds of client exist: the signed-in browser (session cookie, CSRF header) and a bearer
 * client, of which `/demo` runs two in one window. Everything that comes back is unknown until a schema has read it.
 */

/** The position of the stream a copy was read at: everything up to it is already in the copy. */
export interface Cursor {
  epoch: string;
  seq: number;
}

export interface Answer<Value> {
  value: Value;
  cursor: Cursor | null;
}

export type Parse<Value> = (json: unknown) => Value;

export interface Tokens {
  access: string;
  refresh: string;
}

export interface Api {
  get<Value>(path: string, parse: Parse<Value>, signal?: AbortSignal): Promise<Answer<Value>>;
  send<Value>(method: Method, path: string, body: unknown, parse: Parse<Value>): Promise<Value>;
  /** For the last words of a page that is going away. */
  sendLast(method: Method, path: string): void;
  /** The bearer token of this client, null where the cookie speaks for it. */
  token(): string | null;
}

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The server said no, in words a person can read; `fields` are a form's own errors. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Record<string, string>;

  constructor(status: number, code: string, detail: string, fields: Record<string, string> = {}) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** The request never arrived, or its answer never did. */
export class NetworkError extends Error {
  constructor() {
    super('The network did not answer.');
    this.name = 'NetworkError';
  }
}

export const nothing: Parse<void> = () => undefined;

export function parseCursor(text: string | null): Cursor | null {
  const match = /^([^.]+)\.(\d+)$/.exec(text ?? '');
  return match?.[1] && match[2] ? { epoch: match[1], seq: Number(match[2]) } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problem(status: number, body: unknown): ApiError {
  if (!isRecord(body)) return new ApiError(status, 'unknown', `The server answered ${status}.`);
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(body)) {
    if (Array.isArray(value) && typeof value[0] === 'string') fields[name] = value.join(' ');
  }
  const detail =
    typeof body.detail === 'string' ? body.detail : (Object.values(fields)[0] ?? `The server answered ${status}.`);
  return new ApiError(status, typeof body.code === 'string' ? body.code : 'unknown', detail, fields);
}

async function body(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function csrf(): string {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? '';
}

interface Credentials {
  headers(): Record<string, string>;
  token(): string | null;
  /** Asked once after a 401: true when it is worth trying again. */
  renew(): Promise<boolean>;
}

function request(method: string, credentials: Credentials, payload: unknown, extra: RequestInit): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json', ...credentials.headers() };
  if (payload !== undefined) headers['content-type'] = 'application/json';
  return {
    method,
    headers,
    credentials: credentials.token() === null ? 'same-origin' : 'omit',
    ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
    ...extra,
  };
}

function createApi(credentials: Credentials): Api {
  async function call(method: string, path: string, payload: unknown, extra: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(path, request(method, credentials, payload, extra));
      if (response.status === 401 && (await credentials.renew())) {
        response = await fetch(path, request(method, credentials, payload, extra));
      }
    } catch (error) {
      if (error instanceof TypeError) throw new NetworkError();
      throw error;
    }
    if (!response.ok) throw problem(response.status, await body(response));
    return response;
  }
  return {
    async get(path, parse, signal) {
      const response = await call('GET', path, undefined, signal ? { signal } : {});
      return { value: parse(await body(response)), cursor: parseCursor(response.headers.get('stream-cursor')) };
    },
    async send(method, path, payload, parse) {
      return parse(await body(await call(method, path, payload)));
    },
    sendLast(method, path) {
      void fetch(path, request(method, credentials, undefined, { keepalive: true }));
    },
    token: credentials.token,
  };
}

/** The browser's own login: the cookie is sent by itself, writes carry the CSRF token. */
export function cookieApi(): Api {
  return createApi({
    headers: () => ({ 'x-csrftoken': csrf() }),
    token: () => null,
    renew: async () => false,
  });
}

/** A client that carries its own login and touches no cookie. */
export function bearerApi(tokens: Tokens): Api {
  let access = tokens.access;
  return createApi({
    headers: () => ({ authorization: `Bearer ${access}` }),
    token: () => access,
    async renew() {
      const response = await fetch('/api/auth/token/refresh/', {
        method: 'POST',
        credentials: 'omit',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refresh: tokens.refresh }),
      });
      const renewed = await body(response);
      if (!response.ok || !isRecord(renewed) || typeof renewed.access !== 'string') return false;
      access = renewed.access;
      return true;
    },
  });
}
