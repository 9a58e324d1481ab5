/** One function for each endpoint that a screen uses. */
import { address, call } from "./client";
import type {
  Board,
  Catalog,
  Done,
  MatterList,
  MatterPage,
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
  open: (login: string, password: string) => call<Me>("POST", "/session", { body: { login, password } }),
  close: () => call<void>("DELETE", "/session"),
  password: (old: string, fresh: string, key: string) => call<Me>("POST", "/session/password", { body: { old, new: fresh }, key }),
};

export const tokens = {
  list: () => call<Token[]>("GET", "/tokens").then((all) => all.filter((one) => !one.revoked)),
  make: (name: string, days: number, key: string) => call<Token>("POST", "/tokens", { body: { name, expires_in_days: days }, key }),
  drop: (id: string) => call<void>("DELETE", `/tokens/${seg(id)}`),
};

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
  act: (id: string, act: string, version: number, data: Record<string, unknown>, key: string) =>
    call<Done>("POST", `/matters/${seg(id)}/acts/${seg(act)}`, { body: { version, data }, key }),
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
