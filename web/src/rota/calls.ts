/** The rota's endpoints. */
import { address, call } from "@/api/client";
import type { components } from "@/api/schema";

type S = components["schemas"];
export type Shift = S["ShiftDto"];
export type Overview = S["RotaDto"];
export type Month = S["MonthDto"];
export type Proposal = S["ProposalDto"];
export type Conflict = S["ConflictDto"];
export type Asking = S["ShiftAskingDto"];
export type Mine = S["MineDto"];
export type Feed = S["FeedDto"];
export type HandOvers = S["HandOversDto"];
export type HandOver = S["HandOverDto"];
export type Loaded = S["LoadedDto"];
export type CallOut = S["CallOutDto"];
export type Lay = S["LayDto"];

const seg = encodeURIComponent;
export interface Which {
  unit: string;
  duty: string;
  month: string;
}

export const rota = {
  overview: (signal?: AbortSignal) => call<Overview>("GET", "/rota", { signal }),
  month: (which: Which, signal?: AbortSignal) => call<Month>("GET", "/rota/month", { query: { ...which }, signal }),
  preview: (lay: Lay) => call<Proposal>("POST", "/rota/preview", { body: lay }),
  draft: (lay: Lay, key: string) => call<{ id: string }>("POST", "/rota/drafts", { body: lay, key }),
  publish: (id: string, key: string) => call<void>("POST", `/rota/drafts/${seg(id)}/publish`, { key }),
  drop: (id: string, key: string) => call<void>("DELETE", `/rota/drafts/${seg(id)}`, { key }),
  consider: (shift: string, account: string) => call<{ conflicts: Conflict[] }>("GET", `/rota/shifts/${seg(shift)}/consider`, { query: { account } }),
  assign: (shift: string, account: string | null, reason: string, key: string) => call<void>("POST", `/rota/shifts/${seg(shift)}/assign`, { body: { account, reason }, key }),
  sheet: (which: Which) => address("/rota/month.xlsx", { ...which }),
  load: (query: { unit: string; duty: string; pattern: string; keep: boolean }, file: File, key: string) => {
    const form = new FormData();
    form.append("file", file, file.name);
    return call<Loaded>("POST", "/rota/sheet", { query, form, key });
  },
  mine: (signal?: AbortSignal) => call<Mine>("GET", "/rota/mine", { signal }),
  askings: (signal?: AbortSignal) => call<{ rows: Asking[] }>("GET", "/rota/askings", { signal }),
  ask: (body: { what: string; shift: string; other_shift?: string; other?: string; reason: string }, key: string) => call<{ id: string }>("POST", "/rota/askings", { body, key }),
  answer: (id: string, answer: string, key: string) => call<void>("POST", `/rota/askings/${seg(id)}/${seg(answer)}`, { key }),
  callOuts: (unit: string, signal?: AbortSignal) => call<{ lists: CallOut[] }>("GET", "/rota/call-outs", { query: { unit }, signal }),
  putCallOut: (unit: string, duty: string, people: { account: string; by: string }[], key: string) =>
    call<void>("POST", "/rota/call-outs", { body: { unit, duty, people }, key }),
  makeFeed: (key: string) => call<Feed>("POST", "/rota/feeds", { key }),
  revokeFeed: (id: string, key: string) => call<void>("DELETE", `/rota/feeds/${seg(id)}`, { key }),
  handOvers: (unit: string, signal?: AbortSignal) => call<HandOvers>("GET", "/rota/hand-overs", { query: { unit }, signal }),
  handOver: (id: string, signal?: AbortSignal) => call<HandOver>("GET", `/rota/hand-overs/${seg(id)}`, { signal }),
  sign: (body: S["HandOverForm"], key: string) => call<{ id: string }>("POST", "/rota/hand-overs", { body, key }),
  take: (id: string, key: string) => call<void>("POST", `/rota/hand-overs/${seg(id)}/take`, { key }),
};
