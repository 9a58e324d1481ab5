/** What the screens of notices ask the server. */
import { call } from "@/api/client";

const seg = encodeURIComponent;

export interface Notice {
  id: string;
  at: number;
  matter: string | null;
  number: string | null;
  kind: string;
  said: string;
  rung: number;
  must: boolean;
  passed_over: boolean;
  next_at: number | null;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
}
export interface Notices {
  unread: number;
  must: Notice[];
  rows: Notice[];
  next: string | null;
}
export interface OpenChannel {
  id: string;
  kind: string;
  name: string;
  needs_address: boolean;
}
export interface Way {
  id: string;
  channel: string;
  ordinal: number;
  shown: string;
}
export interface Wish {
  at_once: boolean;
  quiet_from: number;
  quiet_to: number;
  digest_at: number;
}
export interface OwnWays {
  channels: OpenChannel[];
  ways: Way[];
  wish: Wish;
  push_key: string;
}
export interface Channel {
  id: string;
  kind: string;
  name: string;
  enabled: boolean;
  ordinal: number;
  settings: Record<string, string>;
}
export interface ChannelKind {
  code: string;
  zh: string;
  en: string;
  settings: { name: string; zh: string; en: string; required: boolean }[];
}
export interface Letter {
  id: string;
  kind: string;
  channel: string | null;
  urgent: boolean;
  attempts: number;
  why: string | null;
  dead_at: number;
}

export const notices = {
  list: (after?: string) => call<Notices>("GET", "/notices", { query: { after } }),
  acknowledge: (id: string, key: string) => call<void>("POST", `/notices/${seg(id)}/acknowledge`, { key }),
  alarms: () => call<Notice[]>("GET", "/notices/alarms"),
};

export const ways = {
  read: () => call<OwnWays>("GET", "/notices/ways"),
  put: (channel: string, address: string, ordinal: number, key: string) => call<{ id: string }>("POST", "/notices/ways", { body: { channel, address, ordinal }, key }),
  drop: (id: string) => call<void>("DELETE", `/notices/ways/${seg(id)}`),
  wish: (wish: Wish) => call<void>("PUT", "/notices/wish", { body: wish }),
};

export type ChannelSet = Omit<Channel, "id">;

export const channels = {
  read: () => call<{ rows: Channel[]; kinds: ChannelKind[] }>("GET", "/channels"),
  put: (id: string | null, set: ChannelSet, key: string) =>
    id ? call<{ id: string }>("PUT", `/channels/${seg(id)}`, { body: set, key }) : call<{ id: string }>("POST", "/channels", { body: set, key }),
  drop: (id: string) => call<void>("DELETE", `/channels/${seg(id)}`),
  trial: (id: string) => call<{ id: string }>("POST", `/channels/${seg(id)}/trial`),
  trialState: (id: string) => call<{ state: "waiting" | "sent" | "failed"; why: string | null }>("GET", `/channels/trials/${seg(id)}`),
};

export const letters = {
  read: (after?: string) => call<{ total: number; rows: Letter[]; next: string | null }>("GET", "/letters", { query: { after } }),
  revive: (id: string, key: string) => call<void>("POST", `/letters/${seg(id)}/revive`, { key }),
  drop: (id: string, reason: string, key: string) => call<void>("POST", `/letters/${seg(id)}/drop`, { body: { reason }, key }),
};
