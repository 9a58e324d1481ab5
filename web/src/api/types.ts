/**
 * What the server says and hears, by short names. The shapes are generated (`schema.ts`, `npm run gen`); here they only get
 * the names that the screens use. Instants are milliseconds since 1970-01-01 UTC; ids are opaque texts with a prefix that names their kind.
 */
import type { components } from "./schema";

type S = components["schemas"];

/** The server always writes the fields that may be empty, as null; the description can only say that they may be left out. */
type Present<T> = T extends (infer U)[] ? Present<U>[] : T extends object ? { [K in keyof T]-?: Present<T[K]> } : T;

export type Instant = number;
export type Phase = "normal" | "soon" | "late";
export type DatumKind = "text" | "long" | "code" | "unit" | "units" | "account" | "instant" | "flag" | "task" | "asking" | "files" | "place" | "category";

/** The description says “text” where the rule book has a closed list; these are the two lists that the screens branch on. */
type Phased<T> = Omit<T, "phase"> & { phase: Phase };

export type Ref = S["Ref"];
export type CodeRef = S["CodeRef"];
export type Post = S["PostDto"];
export type Me = S["Me"];
export type Token = Present<S["TokenDto"]>;
export type Factor = S["FactorDto"];
export type Enrolment = S["EnrolmentDto"];
export type Recovery = S["RecoveryDto"];
export type SessionRow = S["SessionDto"];
export type Delegation = S["DelegationDto"];
export type Delegations = S["DelegationsDto"];
export type People = Present<S["PeopleDto"]>;
export type Person = Present<S["PersonDto"]>;
export type PostChoice = S["PostChoice"];
export type ChangedAccount = S["ChangedAccount"];
export type AccountTrail = Present<S["AccountTrailDto"]>;
export type Policy = S["PolicyDto"];

/** One thing that an act's guard asks for; what is needed only under a condition names it in `when`, `with` or `without`. */
export type Datum = Omit<S["DatumDto"], "kind"> & { kind: DatumKind; help_zh?: string | null; help_en?: string | null };
export type Act = Omit<S["ActDto"], "data"> & { data: Datum[] };
export type Coded = S["Coded"];
export type UnitEntry = Present<S["UnitEntry"]>;
export type PlaceEntry = Present<S["PlaceEntry"]>;
export type CategoryEntry = Present<S["CategoryEntry"]>;
export type Catalog = Omit<Present<S["Catalog"]>, "acts"> & { acts: Act[] };

export type Done = S["Done"];
export type Registered = S["Registered"];
export type Similar = S["SimilarDto"];
export type Suggestion = Present<S["Suggestion"]>;

export type Governing = S["GoverningDto"];
export type MatterRow = Phased<Present<S["MatterRow"]>>;
export type MatterList = Omit<Present<S["MatterList"]>, "rows"> & { rows: MatterRow[] };
export type Report = Present<S["ReportDto"]>;
export type Task = Present<S["TaskDto"]>;
export type Asking = Present<S["AskingDto"]>;
export type Clock = Present<S["ClockDto"]>;
export type TrailEntry = Present<S["TrailDto"]>;
export type Paper = S["PaperDto"];
export type Offer = S["OfferDto"];
export type Barred = S["BarredDto"] & { code?: string | null };
export type MatterPage = Omit<Phased<Present<S["MatterPage"]>>, "barred" | "offered"> & { barred: Barred[]; offered: Offer[] };
export type Workbench = S["WorkbenchDto"];
export type StoredFile = S["StoredFile"];

export type Station = Present<S["StationDto"]>;
export type Board = Present<S["BoardDto"]>;
export type Notice = Present<S["NoticeDto"]>;
export type Notices = Present<S["NoticesDto"]>;

/** What the live stream says of one act; the description has no words for events. */
export interface Change {
  chain: string;
  seq: number;
  matter: string;
  act: string;
  home: string;
}

export type ProblemBody = Partial<S["Problem"]> & Pick<S["Problem"], "code" | "title" | "status">;
