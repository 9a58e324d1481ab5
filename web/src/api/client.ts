/**
 * The one place that speaks HTTP. It knows the session's CSRF token and nothing else of the product.
 * It may not retry by itself: whoever wrote the words decides, with the key of the first try.
 */
import { Problem, Unreachable } from "./problem";
import type { ProblemBody } from "./types";

type Query = Record<string, string | number | boolean | null | undefined>;

export interface Call {
  query?: Query;
  body?: unknown;
  form?: FormData;
  /** Idempotency key of a write; a repeated request with the same key answers the same. */
  key?: string;
  signal?: AbortSignal;
  /** The answer is a file and not JSON. */
  blob?: boolean;
}

let csrf = "";
/** Reads of this visit. Whoever leaves takes them along: an answer that nobody may have any more is not asked for. */
let visit = new AbortController();
let left = false;
let onLost: () => void = () => undefined;
let onReach: (reached: boolean) => void = () => undefined;

/** The token that every write of a cookie session carries. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** Begins a visit: somebody has logged in, or is found logged in. */
export function beginVisit(): void {
  if (!left) return;
  visit = new AbortController();
  left = false;
}

/** Ends it: reads under way are given up, and no new one goes out until somebody comes. */
export function endVisit(): void {
  left = true;
  visit.abort();
}

/** One signal of two; `AbortSignal.any` is younger than the oldest browser that we serve. */
function either(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  if (!other) return one;
  const both = new AbortController();
  for (const signal of [one, other]) {
    if (signal.aborted) both.abort();
    else signal.addEventListener("abort", () => both.abort(), { once: true });
  }
  return both.signal;
}

/** Called when the server says that nobody is logged in. */
export function whenSessionLost(then: () => void): void {
  onLost = then;
}

/** Called after each request with whether the server answered at all. */
export function whenReached(then: (reached: boolean) => void): void {
  onReach = then;
}

/** A fresh idempotency key. `crypto.randomUUID` exists only on secure origins, a station's intranet is often plain http. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export function address(path: string, query?: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return `/api/v1${path}${text ? `?${text}` : ""}`;
}

async function problemOf(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => null)) as Partial<ProblemBody> | null;
  return new Problem({
    type: body?.type ?? "about:blank",
    code: body?.code ?? `http_${answer.status}`,
    title: body?.title ?? answer.statusText,
    status: answer.status,
    errors: body?.errors ?? [],
    request_id: body?.request_id ?? answer.headers.get("x-request-id"),
    current: body?.current,
    changed: body?.changed,
  });
}

export async function call<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, options: Call = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") {
    if (csrf) headers["X-CSRF-Token"] = csrf;
    headers["Idempotency-Key"] = options.key ?? newKey();
  }
  let body: BodyInit | undefined;
  if (options.form) body = options.form;
  else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.body);
  }
  const signal = method === "GET" && path !== "/session" ? either(visit.signal, options.signal) : options.signal;
  let answer: Response;
  try {
    answer = await fetch(address(path, options.query), { method, headers, body, credentials: "same-origin", signal });
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    onReach(false);
    throw new Unreachable();
  }
  onReach(true);
  if (!answer.ok) {
    const problem = await problemOf(answer);
    if (answer.status === 401 && problem.code !== "wrong_password" && path !== "/session") onLost();
    throw problem;
  }
  if (answer.status === 204) return undefined as T;
  if (options.blob) return (await answer.blob()) as T;
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}
