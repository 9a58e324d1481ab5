/** One function for each endpoint that a screen uses. */
import { address, call } from "./client";
import type {
  AccountTrail,
  ChangedAccount,
  Delegation,
  Delegations,
  Enrolment,
  Factor,
  People,
  Person,
  Policy,
  PostChoice,
  Recovery,
  SessionRow,
  Board,
  Catalog,
  Done,
  MatterList,
  MatterPage,
  PlaceEntry,
  Me,
  Registered,
  StoredFile,
  Suggestion,
  Token,
  Workbench,
} from "./types";

const seg = encodeURIComponent;

export const session = {
  read: () => call<Me>("GET", "/session"),
  open: (login: string, password: string, code?: string) => call<Me>("POST", "/session", { body: { login, password, code: code || undefined } }),
  close: () => call<void>("DELETE", "/session"),
  password: (old: string, fresh: string, key: string) => call<Me>("POST", "/session/password", { body: { old, new: fresh }, key }),
};

export const tokens = {
  list: () => call<Token[]>("GET", "/tokens").then((all) => all.filter((one) => !one.revoked)),
  make: (name: string, days: number, reach: string, key: string) => call<Token>("POST", "/tokens", { body: { name, expires_in_days: days, reach }, key }),
  drop: (id: string) => call<void>("DELETE", `/tokens/${seg(id)}`),
};

export const factor = {
  read: () => call<Factor>("GET", "/session/second-factor"),
  begin: (key: string) => call<Enrolment>("POST", "/session/second-factor", { key }),
  confirm: (code: string, key: string) => call<Recovery>("POST", "/session/second-factor/confirm", { body: { code }, key }),
  remove: (code: string, key: string) => call<void>("POST", "/session/second-factor/remove", { body: { code }, key }),
};

export const sessions = {
  list: () => call<SessionRow[]>("GET", "/sessions"),
  end: (id: string) => call<void>("DELETE", `/sessions/${seg(id)}`),
  endOthers: () => call<{ n: number }>("DELETE", "/sessions"),
};

export const delegations = {
  list: () => call<Delegations>("GET", "/delegations"),
  make: (body: { post: string; deputy: string; from_at?: number; to_at: number }, key: string) => call<Delegation>("POST", "/delegations", { body, key }),
  end: (id: string) => call<void>("DELETE", `/delegations/${seg(id)}`),
};

export const people = {
  list: (q: string, signal?: AbortSignal) => call<People>("GET", "/accounts", { query: { q }, signal }),
  read: (id: string, signal?: AbortSignal) => call<Person>("GET", `/accounts/${seg(id)}`, { signal }),
  posts: (signal?: AbortSignal) => call<PostChoice[]>("GET", "/accounts/posts", { signal }),
  open: (body: { login: string; name: string; posts: string[] }, key: string) => call<ChangedAccount>("POST", "/accounts", { body, key }),
  change: (id: string, change: string, key: string) => call<ChangedAccount>("POST", `/accounts/${seg(id)}/changes/${seg(change)}`, { key }),
  grant: (id: string, body: { post: string; from_at?: number; to_at?: number }, key: string) => call<unknown>("POST", `/accounts/${seg(id)}/holdings`, { body, key }),
  endHolding: (id: string, holding: string) => call<void>("DELETE", `/accounts/${seg(id)}/holdings/${seg(holding)}`),
  endSessions: (id: string) => call<void>("DELETE", `/accounts/${seg(id)}/sessions`),
  endSession: (id: string, session: string) => call<void>("DELETE", `/accounts/${seg(id)}/sessions/${seg(session)}`),
  endToken: (id: string, token: string) => call<void>("DELETE", `/accounts/${seg(id)}/tokens/${seg(token)}`),
};

export const accountTrail = (query: { person?: string; from?: number; to?: number; below?: number }, signal?: AbortSignal) =>
  call<AccountTrail>("GET", "/account-trail", { query: { ...query }, signal });

export const readPolicy = (signal?: AbortSignal) => call<Policy>("GET", "/policy", { signal });

/** The few places that fit some words, beyond what the catalog names. */
export const pickPlaces = (words: string, under: string, signal?: AbortSignal) => call<PlaceEntry[]>("GET", "/places/pick", { query: { words, under, limit: 50 }, signal });

export const readCatalog = () => call<Catalog>("GET", "/catalog");

export const reports = {
  register: (data: Record<string, unknown>, key: string) => call<Registered>("POST", "/reports", { body: data, key }),
  suggest: (asked: { said: string; spot: string; phone: string }, signal?: AbortSignal) =>
    call<Suggestion>("POST", "/reports/suggest", { body: asked, signal }),
};

export interface MatterQuery {
  tab?: string;
  state?: string;
  owner?: string;
  lead?: string;
  home?: string;
  category?: string;
  level?: string;
  urgency?: string;
  phase?: string;
  flag?: string;
  open?: boolean;
  sort?: "due" | "received";
  q?: string;
  from?: number;
  to?: number;
  after?: string;
  limit?: number;
}

export const matters = {
  list: (query: MatterQuery, signal?: AbortSignal) => call<MatterList>("GET", "/matters", { query: { ...query }, signal }),
  read: (id: string, signal?: AbortSignal) => call<MatterPage>("GET", `/matters/${seg(id)}`, { signal }),
  byNumber: (number: string) => call<MatterPage>("GET", `/matters/by-number/${seg(number)}`),
  act: (id: string, act: string, version: number, data: Record<string, unknown>, key: string, post?: string) =>
    call<Done>("POST", `/matters/${seg(id)}/acts/${seg(act)}`, { body: { version, data, as_post: post || undefined }, key }),
  reveal: (id: string, report: string, reason: string, key: string) =>
    call<{ phone: string }>("POST", `/matters/${seg(id)}/reveal`, { body: { report, reason }, key }),
};

export const workbench = () => call<Workbench>("GET", "/workbench");

export const files = {
  put: (file: File, key: string) => {
    const form = new FormData();
    form.append("file", file, file.name);
    return call<StoredFile>("POST", "/files", { form, key });
  },
  /** The address under which the browser itself fetches a file. */
  address: (id: string) => address(`/files/${seg(id)}`),
};

export const board = () => call<Board>("GET", "/board");

export const advanceClock = (ms: number, key: string) => call<{ now: number }>("POST", "/practice/clock", { body: { advance_ms: ms }, key });
