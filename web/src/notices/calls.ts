/** What the screens of notices ask the server. */
import { call } from "@/api/client";
import type { components } from "@/api/schema";

const seg = encodeURIComponent;

type S = components["schemas"];
export type Notice = S["NoticeDto"];
export type DutyNotice = S["DutyNoticeDto"];
export type Notices = S["NoticesDto"];
export type OpenChannel = S["OpenChannelDto"];
export type Way = S["WayDto"];
export type Wish = S["WishDto"];
export type OwnWays = S["OwnWaysDto"];
export type Channel = S["ChannelDto"];
export type ChannelKind = S["ChannelKindDto"];
export type Letter = S["LetterDto"];

export const notices = {
  list: (after?: string) => call<Notices>("GET", "/notices", { query: { after } }),
  acknowledge: (id: string, key: string) => call<void>("POST", `/notices/${seg(id)}/acknowledge`, { key }),
  hear: (id: string, key: string) => call<void>("POST", `/notices/duty/${seg(id)}/heard`, { key }),
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
