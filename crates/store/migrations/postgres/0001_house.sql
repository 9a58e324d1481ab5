-- The house, migration 1. Same tables on both engines; only the types' names differ.
-- Times are epoch milliseconds, days are days since 1970 in Shanghai, texts are NFC. What holds personal data has a purpose, a legal basis and an end (words).

create table setting (
  name text collate "C" primary key,
  value text collate "C" not null
);

-- places: tiers, units, posts ---------------------------------------------------------------------------------------------------------

create table place (
  code text collate "C" primary key,
  name text collate "C" not null,
  tier text collate "C" not null,
  parent text collate "C" references place (code),
  demo boolean not null,
  edition text collate "C" not null,
  valid_from bigint,
  valid_to bigint,
  predecessor text collate "C",
  police_code text collate "C"
);

create table unit (
  id text collate "C" primary key,
  code text collate "C" not null unique,
  name text collate "C" not null,
  kind text collate "C" not null,
  place text collate "C" not null references place (code),
  tier text collate "C" not null,
  function text collate "C",
  parent text collate "C" references unit (id),
  demo boolean not null
);

create table unit_overlap (
  unit text collate "C" not null references unit (id),
  place text collate "C" not null references place (code),
  primary key (unit, place)
);

create table post (
  id text collate "C" primary key,
  unit text collate "C" not null references unit (id),
  kind text collate "C" not null,
  name text collate "C" not null
);

-- accounts ----------------------------------------------------------------------------------------------------------------------------

create table account (
  id text collate "C" primary key,
  login text collate "C" not null unique,
  name text collate "C" not null,
  password text collate "C" not null,
  must_change boolean not null,
  enabled boolean not null,
  demo boolean not null,
  failed bigint not null,
  locked_until bigint,
  created_at bigint not null
);

create table holding (
  id text collate "C" primary key,
  account text collate "C" not null references account (id),
  post text collate "C" not null references post (id),
  from_at bigint not null,
  to_at bigint
);
create index holding_account on holding (account);
create index holding_post on holding (post);

create table session (
  id text collate "C" primary key,
  account text collate "C" not null references account (id),
  csrf text collate "C" not null,
  created_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null
);
create index session_account on session (account);

create table api_token (
  id text collate "C" primary key,
  account text collate "C" not null references account (id),
  name text collate "C" not null,
  digest text collate "C" not null unique,
  created_at bigint not null,
  expires_at bigint not null,
  revoked boolean not null
);

-- the rule book's data ----------------------------------------------------------------------------------------------------------------

create table calendar_day (
  day bigint primary key,
  kind text collate "C" not null,
  name text collate "C" not null,
  source text collate "C" not null,
  edition text collate "C" not null
);

create table calendar_year (
  year bigint primary key
);

create table policy (
  id text collate "C" not null,
  version bigint not null,
  kind text collate "C" not null,
  urgency text collate "C",
  level text collate "C",
  n bigint not null,
  span_unit text collate "C" not null,
  basis text collate "C" not null,
  at_due text collate "C" not null,
  steps text collate "C" not null,
  source text collate "C" not null,
  mark text collate "C" not null,
  ordinal bigint not null,
  current boolean not null,
  primary key (id, version)
);

create table category (
  code text collate "C" primary key,
  parent text collate "C",
  name text collate "C" not null,
  name_en text collate "C" not null,
  family text collate "C" not null,
  care text collate "C" not null,
  leaf boolean not null,
  ordinal bigint not null
);

create table route (
  position bigint primary key,
  category text collate "C" not null,
  place text collate "C" not null,
  level text collate "C" not null,
  lead text collate "C" not null,
  assists text collate "C" not null,
  note text collate "C" not null
);

-- texts -------------------------------------------------------------------------------------------------------------------------------

create table words (
  id text collate "C" primary key,
  salt text collate "C",
  body text collate "C",
  sealed bytea,
  personal text collate "C" not null,
  retention text collate "C" not null,
  legal_basis text collate "C" not null,
  purpose text collate "C" not null,
  chain text collate "C" not null,
  seq bigint not null,
  erased_at bigint
);
create index words_event on words (chain, seq);

create table contact_index (
  words text collate "C" primary key references words (id),
  whole text collate "C" not null,
  tail text collate "C" not null
);
create index contact_whole on contact_index (whole);
create index contact_tail on contact_index (tail);

-- matters -----------------------------------------------------------------------------------------------------------------------------

create table series (
  name text collate "C" primary key,
  last bigint not null
);

create table matter (
  id text collate "C" primary key,
  version bigint not null,
  number text collate "C" not null unique,
  home text collate "C" not null references unit (id),
  home_place text collate "C" not null,
  care text collate "C" not null,
  source text collate "C" not null,
  received_at bigint not null,
  counts_from bigint not null,
  registered_at bigint not null,
  registered_by text collate "C" not null,
  title text collate "C" not null,
  title_commit text collate "C" not null,
  spot text collate "C" not null,
  spot_commit text collate "C" not null,
  state text collate "C" not null,
  level text collate "C",
  urgency text collate "C" not null,
  category text collate "C",
  place text collate "C",
  owner_unit text collate "C",
  owner_post text collate "C",
  lead text collate "C",
  handler text collate "C",
  result text collate "C",
  offered_at bigint,
  accepted_at bigint,
  contacted_at bigint,
  fed_back_at bigint,
  closed_at bigint,
  archived_at bigint,
  hops bigint not null,
  rework bigint not null,
  reopened bigint not null,
  urged bigint not null,
  barred boolean not null,
  drawn boolean not null,
  records bigint not null,
  phase text collate "C" not null,
  governing_kind text collate "C",
  governing_due bigint,
  governing_provisional boolean not null,
  is_open boolean not null,
  touched_at bigint not null
);
create index matter_home on matter (home, received_at, id);
create index matter_place on matter (home_place, received_at, id);
create index matter_owner on matter (owner_unit, owner_post, state);
create index matter_received on matter (received_at, id);
create index matter_due on matter (owner_unit, governing_due);
create index matter_lead on matter (lead, state);

create table matter_unit (
  matter text collate "C" not null references matter (id),
  unit text collate "C" not null,
  role text collate "C" not null,
  primary key (matter, unit, role)
);
create index matter_unit_unit on matter_unit (unit, matter);

create table matter_account (
  matter text collate "C" not null references matter (id),
  account text collate "C" not null,
  part text collate "C" not null,
  primary key (matter, account, part)
);
create index matter_account_account on matter_account (account, matter);

create table matter_flag (
  matter text collate "C" not null references matter (id),
  flag text collate "C" not null,
  primary key (matter, flag)
);

create table report (
  id text collate "C" primary key,
  matter text collate "C" not null references matter (id),
  ordinal bigint not null,
  source text collate "C" not null,
  channel text collate "C" not null,
  received_at bigint not null,
  said text collate "C" not null,
  said_commit text collate "C" not null,
  name text collate "C",
  name_commit text collate "C",
  phone text collate "C",
  phone_commit text collate "C",
  anonymous text collate "C",
  anonymous_commit text collate "C",
  receipt text collate "C" not null,
  receipt_commit text collate "C" not null,
  lineage_file text collate "C",
  lineage_sheet text collate "C",
  lineage_row bigint,
  lineage_source_id text collate "C",
  lineage_digest text collate "C"
);
create index report_matter on report (matter, ordinal);

create table clock (
  id text collate "C" primary key,
  matter text collate "C" not null references matter (id),
  ordinal bigint not null,
  kind text collate "C" not null,
  policy text collate "C" not null,
  policy_version bigint not null,
  started_at bigint not null,
  due_at bigint not null,
  provisional boolean not null,
  step bigint not null,
  next_step bigint,
  next_at bigint,
  stopped_at bigint,
  outcome text collate "C"
);
create index clock_matter on clock (matter, ordinal);
create index clock_next on clock (next_at, matter) where next_at is not null;

create table task (
  id text collate "C" primary key,
  matter text collate "C" not null references matter (id),
  ordinal bigint not null,
  kind text collate "C" not null,
  unit text collate "C" not null,
  account text collate "C",
  given_by text collate "C" not null,
  what text collate "C" not null,
  what_commit text collate "C" not null,
  due_at bigint,
  state text collate "C" not null,
  ended_at bigint,
  ended_by text collate "C",
  outcome text collate "C",
  outcome_commit text collate "C"
);
create index task_matter on task (matter, ordinal);
create index task_unit on task (unit, state);

create table asking (
  id text collate "C" primary key,
  matter text collate "C" not null references matter (id),
  ordinal bigint not null,
  what text collate "C" not null,
  asked_by text collate "C" not null,
  decider text collate "C" not null,
  code text collate "C",
  reason text collate "C" not null,
  reason_commit text collate "C" not null,
  asked_at bigint not null,
  state text collate "C" not null,
  decided_by text collate "C",
  decided_at bigint
);
create index asking_matter on asking (matter, ordinal);
create index asking_decider on asking (decider, state);

create table hop (
  matter text collate "C" not null references matter (id),
  ordinal bigint not null,
  unit text collate "C" not null,
  reason text collate "C" not null,
  proposal text collate "C",
  at bigint not null,
  primary key (matter, ordinal)
);

create table call_back (
  matter text collate "C" not null references matter (id),
  ordinal bigint not null,
  at bigint not null,
  reached boolean not null,
  solved text collate "C",
  satisfaction text collate "C",
  timely boolean,
  primary key (matter, ordinal)
);

create table file (
  id text collate "C" primary key,
  sha256 text collate "C" not null,
  name text collate "C" not null,
  media_type text collate "C" not null,
  size bigint not null,
  uploaded_by text collate "C" not null,
  uploaded_at bigint not null
);

create table attachment (
  matter text collate "C" not null references matter (id),
  ordinal bigint not null,
  file text collate "C" not null references file (id),
  sha256 text collate "C" not null,
  purpose text collate "C" not null,
  at bigint not null,
  attached_by text collate "C" not null,
  primary key (matter, ordinal)
);
create index attachment_file on attachment (file);

-- the trail ---------------------------------------------------------------------------------------------------------------------------

create table chain_head (
  chain text collate "C" primary key,
  seq bigint not null,
  hash text collate "C" not null
);

create table event (
  chain text collate "C" not null,
  seq bigint not null,
  at bigint not null,
  act text collate "C" not null,
  subject text collate "C" not null,
  account text collate "C" not null,
  post text collate "C",
  unit text collate "C",
  body text collate "C" not null,
  prev text collate "C" not null,
  hash text collate "C" not null,
  algorithm text collate "C" not null,
  primary key (chain, seq)
);
create index event_subject on event (subject, chain, seq);

create table checkpoint (
  at bigint primary key,
  body text collate "C" not null,
  signature text collate "C" not null,
  public_key text collate "C" not null
);

-- notices, counters, jobs -------------------------------------------------------------------------------------------------------------

create table notice (
  id text collate "C" primary key,
  matter text collate "C" not null references matter (id),
  unit text collate "C" not null,
  post text collate "C",
  act text collate "C" not null,
  at bigint not null,
  rung bigint not null,
  passed_over boolean not null,
  acknowledged_by text collate "C",
  acknowledged_at bigint
);
create index notice_unit on notice (unit, acknowledged_at, at);

create table tally (
  unit text collate "C" not null,
  post text collate "C" not null,
  state text collate "C" not null,
  phase text collate "C" not null,
  care text collate "C" not null,
  n bigint not null,
  primary key (unit, post, state, phase, care)
);

create table station_tally (
  home text collate "C" not null,
  state text collate "C" not null,
  phase text collate "C" not null,
  urgency text collate "C" not null,
  care text collate "C" not null,
  n bigint not null,
  primary key (home, state, phase, urgency, care)
);

create table done (
  account text collate "C" not null,
  matter text collate "C" not null references matter (id),
  at bigint not null,
  care text collate "C" not null,
  primary key (account, matter)
);
create index done_account on done (account, at, matter);
create index done_care on done (account, care);
create index done_matter on done (matter);

create table idempotency (
  account text collate "C" not null,
  name text collate "C" not null,
  fingerprint text collate "C" not null,
  answer text collate "C" not null,
  at bigint not null,
  primary key (account, name)
);

create table job (
  id text collate "C" primary key,
  kind text collate "C" not null,
  body text collate "C" not null,
  run_at bigint not null,
  attempt bigint not null,
  leased_until bigint,
  last_error text collate "C",
  done_at bigint
);
create index job_run on job (run_at) where done_at is null;

create table import_run (
  id text collate "C" primary key,
  feed text collate "C" not null,
  file text collate "C" not null,
  station text collate "C" not null,
  mode text collate "C" not null,
  started_at bigint not null,
  started_by text collate "C" not null,
  made bigint not null,
  unchanged bigint not null,
  changed bigint not null,
  refused bigint not null
);

create table import_row (
  feed text collate "C" not null,
  source_id text collate "C" not null,
  digest text collate "C" not null,
  matter text collate "C" not null references matter (id),
  run text collate "C" not null,
  primary key (feed, source_id)
);

-- The trail is only ever added to.
create function append_only() returns trigger language plpgsql as $$ begin raise exception '% is append-only', tg_table_name; end $$;
create trigger event_keeps before update or delete on event for each row execute function append_only();
create trigger checkpoint_keeps before update or delete on checkpoint for each row execute function append_only();

-- Search: our own bigrams with positions (store/src/search.rs).
create table search_row (
  id bigint generated always as identity primary key,
  matter text collate "C" not null unique references matter (id)
);
create table search (
  rowid bigint not null references search_row (id),
  part bigint not null,
  grams tsvector not null,
  primary key (rowid, part)
);
create index search_grams on search using gin (grams);
