/** The endpoints of places, units and postings. Shapes as the description says them; days are `2026-11-24`. */
import { address, call } from "@/api/client";
import type { components } from "@/api/schema";

type S = components["schemas"];
type Present<T> = T extends (infer U)[] ? Present<U>[] : T extends object ? { [K in keyof T]-?: Present<T[K]> } : T;
export type Place = Present<S["PlaceDto"]>;
export type UnitLine = Present<S["UnitLineDto"]>;
export type UnitRow = Present<S["UnitRowDto"]>;
export type UnitPage = Present<S["UnitPageDto"]>;
export type PostLine = Present<S["LineDto"]>;
export type Room = Present<S["RoomDto"]>;
export type Thing = Present<S["EquipmentDto"]>;
export type Here = Present<S["HereDto"]>;
export type Proposed = Present<S["ProposedDto"]>;
export type Checked = Present<S["CheckedDto"]>;
export type Seen = Present<S["SeenDto"]>;
export type Postable = Present<S["PostableDto"]>;
export type DutyRow = Present<S["DutyRowDto"]>;
export type DutyState = Present<S["DutyStateDto"]>;
export type Act = { act: string } & Record<string, unknown>;

const seg = encodeURIComponent;

export const FORMS = ["places", "units", "posts", "duties", "rooms", "equipment", "holders", "postings"] as const;

function upload(step: string, file: File): [{ step: string }, FormData] {
  const form = new FormData();
  form.append("file", file, file.name);
  return [{ step }, form];
}

export const places = {
  tree: (under: string, signal?: AbortSignal) => call<{ places: Place[]; seq: number }>("GET", "/places", { query: { under }, signal }),
  units: (signal?: AbortSignal) => call<{ units: UnitLine[]; seq: number }>("GET", "/units", { signal }),
  unit: (id: string, signal?: AbortSignal) => call<UnitPage>("GET", `/units/${seg(id)}`, { signal }),
  here: (id: string, signal?: AbortSignal) => call<Here[]>("GET", `/units/${seg(id)}/here`, { signal }),
  history: (table: string, key: string, signal?: AbortSignal) => call<Seen[]>("GET", "/places/history", { query: { table, key }, signal }),
  duties: (signal?: AbortSignal) => call<DutyState>("GET", "/places/duties", { signal }),
  preview: (acts: Act[]) => call<Proposed>("POST", "/places/acts", { body: { acts, dry_run: true } }),
  act: (acts: Act[], seen: number | null, key: string) => call<Proposed>("POST", "/places/acts", { body: { acts, seen, dry_run: false }, key }),
  people: (words: string, signal?: AbortSignal) => call<Postable[]>("GET", "/postings/people", { query: { words }, signal }),
  post: (wish: Record<string, unknown>, key: string) => call<{ holding: string }>("POST", "/postings", { body: wish, key }),
  endPosting: (holding: string, key: string) => call<void>("DELETE", `/postings/${seg(holding)}`, { key }),
  /** The addresses under which the browser itself fetches a workbook. */
  template: (form: string) => address(`/places/forms/${seg(form)}`),
  table: (form: string) => address(`/places/tables/${seg(form)}`),
  check: (file: File, key: string) => {
    const [query, form] = upload("check", file);
    return call<Checked>("POST", "/places/imports", { query, form, key });
  },
  commit: (file: File, key: string) => {
    const [query, form] = upload("commit", file);
    return call<Checked>("POST", "/places/imports", { query, form, key });
  },
  marked: (file: File, key: string) => {
    const [query, form] = upload("marked", file);
    return call<Blob>("POST", "/places/imports", { query, form, key, blob: true });
  },
};
