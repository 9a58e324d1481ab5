/**
 * What the server says and hears, as `/api/v1` has it.
 * Instants are milliseconds since 1970-01-01 UTC; ids are opaque texts with a prefix that names their kind.
 */

export type Instant = number;

export interface Ref {
  id: string;
  name: string;
}

export interface CodeRef {
  code: string;
  name: string;
}

export interface Post {
  id: string;
  kind: string;
  kind_zh: string;
  unit: Ref & { kind: string };
}

export interface Me {
  account: { id: string; login: string; name: string; must_change_password: boolean; demo: boolean };
  posts: Post[];
  csrf: string;
  now: Instant;
  /** The server runs with a clock that may be set. */
  practice: boolean;
  installation: { name: string; demo: boolean };
}

export interface Token {
  id: string;
  name: string;
  expires_at: Instant;
  created_at?: Instant;
  last_used_at?: Instant | null;
}

export interface NewToken extends Token {
  /** Said once, never again. */
  token: string;
}

export type DatumKind =
  | "text"
  | "long"
  | "code"
  | "unit"
  | "units"
  | "account"
  | "instant"
  | "flag"
  | "task"
  | "asking"
  | "files"
  | "place"
  | "category"
  | "matter_number";

/** One thing that an act's guard asks for. */
export interface Datum {
  name: string;
  zh: string;
  en: string;
  kind: DatumKind;
  list?: string | null;
  required: boolean;
  /** Asked for only when that other datum holds one of these codes. */
  when?: { datum: string; is: string[] } | null;
  /** Asked for only when that other datum is there. */
  with?: string | null;
  /** Needed only when that other datum is not there. */
  without?: string | null;
  help_zh?: string | null;
  help_en?: string | null;
}

export interface Act {
  code: string;
  zh: string;
  en: string;
  from: string[];
  who: string[];
  system: boolean;
  data: Datum[];
}

export interface Coded {
  code: string;
  zh: string;
  en: string;
}

export interface UnitEntry extends Ref {
  kind: string;
  place: string | null;
  parent: string | null;
  demo: boolean;
}

export interface PlaceEntry extends CodeRef {
  tier: string;
  parent: string | null;
}

export interface CategoryEntry extends CodeRef {
  parent: string | null;
  leaf: boolean;
}

export interface Catalog {
  units: UnitEntry[];
  places: PlaceEntry[];
  categories: CategoryEntry[];
  acts: Act[];
  lists: Record<string, Coded[]>;
}

export interface Done {
  matter: string;
  number: string;
  state: string;
  version: number;
}

export interface Registered extends Done {
  receipt_code: string;
  report: string;
}

export interface Similar {
  id: string;
  number: string;
  title: string;
  state: string;
  received_at: Instant;
  because: string;
}

export interface Suggestion {
  danger: { said: string } | null;
  gate: { n: number; zh: string } | null;
  categories: { code: string; name: string; certainty: number; because: string }[];
  grid: CodeRef | null;
  home: Ref;
  units: { unit: Ref; rule: string; because: string }[];
  similar: Similar[];
  before: Similar[];
}

export type Phase = "normal" | "soon" | "late";

export interface Governing {
  clock: string;
  due_at: Instant;
  provisional: boolean;
}

export interface MatterRow {
  id: string;
  number: string;
  title: string;
  state: string;
  level: string;
  urgency: string;
  category: CodeRef | null;
  place: CodeRef | null;
  spot: string | null;
  home: Ref;
  owner: { unit: Ref; post: string } | null;
  lead: Ref | null;
  handler: Ref | null;
  source: string;
  received_at: Instant;
  governing: Governing | null;
  phase: Phase;
  flags: string[];
  version: number;
  next_act: string | null;
}

export interface MatterList {
  rows: MatterRow[];
  next: string | null;
  total: { n: number; more: boolean };
}

export interface Report {
  id: string;
  source: string;
  channel: string;
  received_at: Instant;
  said: string;
  contact: { name: string | null; phone_masked: string | null } | null;
  anonymous_reason: string | null;
  lineage: { file: string; sheet: string | null; row: number; source_id: string | null } | null;
}

export interface Task {
  id: string;
  what: string;
  unit: Ref;
  account: Ref | null;
  due_at: Instant | null;
  state: string;
  kind: string;
  outcome: string | null;
}

export interface Asking {
  id: string;
  what: string;
  state: string;
  by: Ref | null;
  decider: string | null;
  asked_at: Instant;
  reason: string | null;
}

export interface ClockWhy {
  from: Instant;
  to: Instant;
  minutes: number;
  said: string;
}

export interface Clock {
  id: string;
  clock: string;
  policy: string;
  policy_version: number;
  started_at: Instant;
  due_at: Instant;
  stopped_at: Instant | null;
  outcome: string | null;
  step: number;
  provisional: boolean;
  why: ClockWhy[];
}

export interface TrailEntry {
  chain: string;
  seq: number;
  at: Instant;
  act: string;
  by: { name: string; post: string | null; unit: string | null };
  words: { name: string; text: string | null }[];
  facts: { said_zh: string; said_en: string }[];
  holder: { unit: string; post: string | null } | null;
  held_ms: number;
}

export interface Paper {
  id: string;
  name: string;
  size: number;
  media_type: string;
  at: Instant;
  by: string;
}

export interface Offer {
  act: string;
  asking?: string | null;
  task?: string | null;
}

export interface MatterPage extends MatterRow {
  said: string;
  channel: string;
  reports: Report[];
  counts: { hops: number; rework: number; reopened: number; urged: number };
  result: string | null;
  closed_at: Instant | null;
  tasks: Task[];
  askings: Asking[];
  clocks: Clock[];
  trail: TrailEntry[];
  files: Paper[];
  confirmations: unknown[];
  offered: Offer[];
  barred: { act: string; why: string }[];
}

export interface Workbench {
  tabs: { tab: string; zh: string; en: string; n: number }[];
}

export interface StoredFile {
  id: string;
  name: string;
  size: number;
  media_type: string;
  sha256: string;
}

export interface Station {
  unit: Ref;
  place: string | null;
  open: number;
  late: number;
  soon: number;
  urgent: number;
  unaccepted: number;
  chief: { name: string } | null;
}

export interface Board {
  stations: Station[];
  command: { open: number; returned: number; checking: number; calling_back: number };
  at: Instant;
}

export interface Notice {
  id: string;
  at: Instant;
  matter: string | null;
  number: string | null;
  kind: string;
  said: string;
  acknowledged_at: Instant | null;
}

export interface Notices {
  unread: number;
  rows: Notice[];
}

/** What the live stream says of one act. */
export interface Change {
  chain: string;
  seq: number;
  matter: string;
  act: string;
  home: string;
}

export interface ProblemBody {
  type: string;
  code: string;
  title: string;
  status: number;
  detail?: string | null;
  errors?: { datum: string; why: string; said: string }[] | null;
  request_id?: string | null;
  current?: number | null;
  changed?: { act: string; at: Instant; by: string }[] | null;
}
