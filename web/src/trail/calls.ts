/** The trail's endpoints: who read what, how long is kept, what is destroyed, what persons ask. */
import { call } from "@/api/client";
import type { components } from "@/api/schema";

type S = components["schemas"];
export type Reads = S["ReadsDto"];
export type Retention = S["RetentionDto"];
export type Rule = S["RetentionRule"];
export type Destructions = S["DestructionsDto"];
export type Destruction = S["DestructionPage"];
export type PersonAnswer = S["PersonAnswer"];
export type PersonRequests = S["PersonRequestsDto"];

const seg = encodeURIComponent;

export const trail = {
  readsOf: (matter: string, signal?: AbortSignal) => call<Reads>("GET", `/matters/${seg(matter)}/reads`, { signal }),
  ownReads: (before: number | undefined, signal?: AbortSignal) => call<Reads>("GET", "/reads/mine", { query: { before }, signal }),
  allReads: (number: string | undefined, before: number | undefined, signal?: AbortSignal) => call<Reads>("GET", "/reads", { query: { number, before }, signal }),
  retention: (signal?: AbortSignal) => call<Retention>("GET", "/retention", { signal }),
  setRule: (rule: Rule, key: string) => call<void>("POST", "/retention", { body: rule, key }),
  destructions: (signal?: AbortSignal) => call<Destructions>("GET", "/destructions", { signal }),
  destruction: (id: string, signal?: AbortSignal) => call<Destruction>("GET", `/destructions/${seg(id)}`, { signal }),
  ask: (id: string, key: string) => call<void>("POST", `/destructions/${seg(id)}/ask`, { key }),
  decide: (id: string, approve: boolean, reason: string, key: string) => call<{ state: string }>("POST", `/destructions/${seg(id)}/decide`, { body: { approve, reason }, key }),
  persons: (signal?: AbortSignal) => call<PersonRequests>("GET", "/persons/requests", { signal }),
  answer: (body: { kind: string; phone: string; identity: string; name?: string }, key: string) => call<PersonAnswer>("POST", "/persons/requests", { body, key }),
};
