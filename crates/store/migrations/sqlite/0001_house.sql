-- The house, migration 1. Same tables on both engines; only the types' names differ.
-- Times are epoch milliseconds, days are days since 1970 in Shanghai, texts are NFC. What holds personal data has a purpose, a legal basis and an end (words).

create table setting (
  name text primary key,
  value text not null
) strict;

-- places: tiers, units, posts ---------------------------------------------------------------------------------------------------------

create table place (
  code text primary key,
  name text not null,
  tier text not null,
  parent text references place (code),
  demo integer not null,
  edition text not null,
  valid_from integer,
  valid_to integer,
  predecessor text,
  police_code text
) strict;

create table unit (
  id text primary key,
  code text not null unique,
  name text not null,
  kind text not null,
  place text not null references place (code),
  tier text not null,
  function text,
  parent text references unit (id),
  demo integer not null
) strict;

create table unit_overlap (
  unit text not null references unit (id),
  place text not null references place (code),
  primary key (unit, place)
) strict;

create table post (
  id text primary key,
  unit text not null references unit (id),
  kind text not null,
  name text not null
) strict;

-- accounts ----------------------------------------------------------------------------------------------------------------------------

create table account (
  id text primary key,
  login text not null unique,
  name text not null,
  password text not null,
  must_change integer not null,
  enabled integer not null,
  demo integer not null,
  failed integer not null,
  locked_until integer,
  created_at integer not null
) strict;

create table holding (
  id text primary key,
  account text not null references account (id),
  post text not null references post (id),
  from_at integer not null,
  to_at integer
) strict;
create index holding_account on holding (account);
create index holding_post on holding (post);

create table session (
  id text primary key,
  account text not null references account (id),
  csrf text not null,
  created_at integer not null,
  seen_at integer not null,
  expires_at integer not null
) strict;
create index session_account on session (account);

create table api_token (
  id text primary key,
  account text not null references account (id),
  name text not null,
  digest text not null unique,
  created_at integer not null,
  expires_at integer not null,
  revoked integer not null
) strict;

-- the rule book's data ----------------------------------------------------------------------------------------------------------------

create table calendar_day (
  day integer primary key,
  kind text not null,
  name text not null,
  source text not null,
  edition text not null
) strict;

create table calendar_year (
  year integer primary key
) strict;

create table policy (
  id text not null,
  version integer not null,
  kind text not null,
  urgency text,
  level text,
  n integer not null,
  span_unit text not null,
  basis text not null,
  at_due text not null,
  steps text not null,
  source text not null,
  mark text not null,
  ordinal integer not null,
  current integer not null,
  primary key (id, version)
) strict;

create table category (
  code text primary key,
  parent text,
  name text not null,
  name_en text not null,
  family text not null,
  care text not null,
  leaf integer not null,
  ordinal integer not null
) strict;

create table route (
  position integer primary key,
  category text not null,
  place text not null,
  level text not null,
  lead text not null,
  assists text not null,
  note text not null
) strict;

-- texts -------------------------------------------------------------------------------------------------------------------------------

create table words (
  id text primary key,
  salt text,
  body text,
  sealed blob,
  personal text not null,
  retention text not null,
  legal_basis text not null,
  purpose text not null,
  chain text not null,
  seq integer not null,
  erased_at integer
) strict;
create index words_event on words (chain, seq);

create table contact_index (
  words text primary key references words (id),
  whole text not null,
  tail text not null
) strict;
create index contact_whole on contact_index (whole);
create index contact_tail on contact_index (tail);

-- matters -----------------------------------------------------------------------------------------------------------------------------

create table series (
  name text primary key,
  last integer not null
) strict;

create table matter (
  id text primary key,
  version integer not null,
  number text not null unique,
  home text not null references unit (id),
  home_place text not null,
  care text not null,
  source text not null,
  received_at integer not null,
  counts_from integer not null,
  registered_at integer not null,
  registered_by text not null,
  title text not null,
  title_commit text not null,
  spot text not null,
  spot_commit text not null,
  state text not null,
  level text,
  urgency text not null,
  category text,
  place text,
  owner_unit text,
  owner_post text,
  lead text,
  handler text,
  result text,
  offered_at integer,
  accepted_at integer,
  contacted_at integer,
  fed_back_at integer,
  closed_at integer,
  archived_at integer,
  hops integer not null,
  rework integer not null,
  reopened integer not null,
  urged integer not null,
  barred integer not null,
  drawn integer not null,
  records integer not null,
  phase text not null,
  governing_kind text,
  governing_due integer,
  governing_provisional integer not null,
  is_open integer not null,
  touched_at integer not null
) strict;
create index matter_home on matter (home, received_at, id);
create index matter_place on matter (home_place, received_at, id);
create index matter_owner on matter (owner_unit, owner_post, state);
create index matter_received on matter (received_at, id);
create index matter_due on matter (owner_unit, governing_due);
create index matter_lead on matter (lead, state);

create table matter_unit (
  matter text not null references matter (id),
  unit text not null,
  role text not null,
  primary key (matter, unit, role)
) strict;
create index matter_unit_unit on matter_unit (unit, matter);

create table matter_account (
  matter text not null references matter (id),
  account text not null,
  part text not null,
  primary key (matter, account, part)
) strict;
create index matter_account_account on matter_account (account, matter);

create table matter_flag (
  matter text not null references matter (id),
  flag text not null,
  primary key (matter, flag)
) strict;

create table report (
  id text primary key,
  matter text not null references matter (id),
  ordinal integer not null,
  source text not null,
  channel text not null,
  received_at integer not null,
  said text not null,
  said_commit text not null,
  name text,
  name_commit text,
  phone text,
  phone_commit text,
  anonymous text,
  anonymous_commit text,
  receipt text not null,
  receipt_commit text not null,
  lineage_file text,
  lineage_sheet text,
  lineage_row integer,
  lineage_source_id text,
  lineage_digest text
) strict;
create index report_matter on report (matter, ordinal);

create table clock (
  id text primary key,
  matter text not null references matter (id),
  ordinal integer not null,
  kind text not null,
  policy text not null,
  policy_version integer not null,
  started_at integer not null,
  due_at integer not null,
  provisional integer not null,
  step integer not null,
  next_step integer,
  next_at integer,
  stopped_at integer,
  outcome text
) strict;
create index clock_matter on clock (matter, ordinal);
create index clock_next on clock (next_at, matter) where next_at is not null;

create table task (
  id text primary key,
  matter text not null references matter (id),
  ordinal integer not null,
  kind text not null,
  unit text not null,
  account text,
  given_by text not null,
  what text not null,
  what_commit text not null,
  due_at integer,
  state text not null,
  ended_at integer,
  ended_by text,
  outcome text,
  outcome_commit text
) strict;
create index task_matter on task (matter, ordinal);
create index task_unit on task (unit, state);

create table asking (
  id text primary key,
  matter text not null references matter (id),
  ordinal integer not null,
  what text not null,
  asked_by text not null,
  decider text not null,
  code text,
  reason text not null,
  reason_commit text not null,
  asked_at integer not null,
  state text not null,
  decided_by text,
  decided_at integer
) strict;
create index asking_matter on asking (matter, ordinal);
create index asking_decider on asking (decider, state);

create table hop (
  matter text not null references matter (id),
  ordinal integer not null,
  unit text not null,
  reason text not null,
  proposal text,
  at integer not null,
  primary key (matter, ordinal)
) strict;

create table call_back (
  matter text not null references matter (id),
  ordinal integer not null,
  at integer not null,
  reached integer not null,
  solved text,
  satisfaction text,
  timely integer,
  primary key (matter, ordinal)
) strict;

create table file (
  id text primary key,
  sha256 text not null,
  name text not null,
  media_type text not null,
  size integer not null,
  uploaded_by text not null,
  uploaded_at integer not null
) strict;

create table attachment (
  matter text not null references matter (id),
  ordinal integer not null,
  file text not null references file (id),
  sha256 text not null,
  purpose text not null,
  at integer not null,
  attached_by text not null,
  primary key (matter, ordinal)
) strict;
create index attachment_file on attachment (file);

-- the trail ---------------------------------------------------------------------------------------------------------------------------

create table chain_head (
  chain text primary key,
  seq integer not null,
  hash text not null
) strict;

create table event (
  chain text not null,
  seq integer not null,
  at integer not null,
  act text not null,
  subject text not null,
  account text not null,
  post text,
  unit text,
  body text not null,
  prev text not null,
  hash text not null,
  algorithm text not null,
  primary key (chain, seq)
) strict;
create index event_subject on event (subject, chain, seq);

create table checkpoint (
  at integer primary key,
  body text not null,
  signature text not null,
  public_key text not null
) strict;

-- notices, counters, jobs -------------------------------------------------------------------------------------------------------------

create table notice (
  id text primary key,
  matter text not null references matter (id),
  unit text not null,
  post text,
  act text not null,
  at integer not null,
  rung integer not null,
  passed_over integer not null,
  acknowledged_by text,
  acknowledged_at integer
) strict;
create index notice_unit on notice (unit, acknowledged_at, at);

create table tally (
  unit text not null,
  post text not null,
  state text not null,
  phase text not null,
  care text not null,
  n integer not null,
  primary key (unit, post, state, phase, care)
) strict;

create table station_tally (
  home text not null,
  state text not null,
  phase text not null,
  urgency text not null,
  care text not null,
  n integer not null,
  primary key (home, state, phase, urgency, care)
) strict;

create table done (
  account text not null,
  matter text not null references matter (id),
  at integer not null,
  care text not null,
  primary key (account, matter)
) strict;
create index done_account on done (account, at, matter);
create index done_care on done (account, care);
create index done_matter on done (matter);

create table idempotency (
  account text not null,
  name text not null,
  fingerprint text not null,
  answer text not null,
  at integer not null,
  primary key (account, name)
) strict;

create table job (
  id text primary key,
  kind text not null,
  body text not null,
  run_at integer not null,
  attempt integer not null,
  leased_until integer,
  last_error text,
  done_at integer
) strict;
create index job_run on job (run_at) where done_at is null;

create table import_run (
  id text primary key,
  feed text not null,
  file text not null,
  station text not null,
  mode text not null,
  started_at integer not null,
  started_by text not null,
  made integer not null,
  unchanged integer not null,
  changed integer not null,
  refused integer not null
) strict;

create table import_row (
  feed text not null,
  source_id text not null,
  digest text not null,
  matter text not null references matter (id),
  run text not null,
  primary key (feed, source_id)
) strict;

-- The trail is only ever added to.
create trigger event_keeps before update on event begin select raise(abort, 'event is append-only'); end;
create trigger event_stays before delete on event begin select raise(abort, 'event is append-only'); end;
create trigger checkpoint_keeps before update on checkpoint begin select raise(abort, 'checkpoint is append-only'); end;
create trigger checkpoint_stays before delete on checkpoint begin select raise(abort, 'checkpoint is append-only'); end;

-- Search: our own bigrams with positions (store/src/search.rs).
create table search_row (
  id integer primary key,
  matter text not null unique references matter (id)
) strict;
create virtual table search using fts5 (grams, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0");
