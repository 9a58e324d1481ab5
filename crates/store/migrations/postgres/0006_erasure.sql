-- Retention, erasure, certificates, and what a person may ask of us. The same tables on both engines; only the types' names differ.

-- How long a class of texts is kept, where the installation departs from the rule book's own rules (domain::trail::retention).
create table retention_rule (
  id text collate "C" primary key,
  class text collate "C" not null,
  category text collate "C" not null,
  months bigint,
  counts_from text collate "C" not null,
  basis text collate "C" not null,
  purpose text collate "C" not null
);

-- A list of what is to be destroyed: proposed by the sweeper or by a person's request, asked for by one, approved by another.
create table destruction (
  id text collate "C" primary key,
  number text collate "C" not null unique,
  origin text collate "C" not null,
  care text collate "C" not null,
  state text collate "C" not null,
  proposed_at bigint not null,
  asked_by text collate "C",
  asked_at bigint,
  decided_by text collate "C",
  decided_at bigint,
  reason text collate "C",
  reason_commit text collate "C",
  done_at bigint
);
create index destruction_state on destruction (state, proposed_at);

-- One matter's texts of one class, spoken until an instant.
create table destruction_item (
  destruction text collate "C" not null references destruction (id),
  matter text collate "C" not null references matter (id),
  class text collate "C" not null,
  rule text collate "C" not null,
  until_at bigint not null,
  due_at bigint not null,
  texts bigint not null,
  files bigint not null,
  erased_at bigint,
  primary key (destruction, matter, class)
);
create index destruction_item_matter on destruction_item (matter, class);

create table certificate (
  number text collate "C" primary key,
  destruction text collate "C" not null references destruction (id),
  at bigint not null,
  body text collate "C" not null,
  signature text collate "C" not null,
  public_key text collate "C" not null
);

-- What a person asked about the data on himself, and what became of it. Who he is, is known by how he was identified (words), never by a name here.
create table subject_request (
  id text collate "C" primary key,
  kind text collate "C" not null,
  at bigint not null,
  taken_by text collate "C" not null,
  identity text collate "C" not null,
  identity_commit text collate "C" not null,
  matters bigint not null,
  outcome text collate "C" not null,
  basis text collate "C" not null,
  destruction text collate "C"
);
create index subject_request_at on subject_request (at);

-- The name of a file is a text like any other: kept in words once the file belongs to a matter.
alter table attachment add column name text collate "C";
alter table attachment add column name_commit text collate "C";
alter table file add column erased_at bigint;
create index file_sha256 on file (sha256);

create index matter_closed on matter (closed_at);
create index matter_archived on matter (archived_at);
create index event_account on event (account, chain, seq);
create index idempotency_at on idempotency (at);

-- The planner's statistics hold samples of the values; of texts it needs none, and an erased text must not live on there.
alter table words alter column body set statistics 0;
alter table words alter column sealed set statistics 0;
alter table words alter column salt set statistics 0;
alter table idempotency alter column answer set statistics 0;
alter table file alter column name set statistics 0;
alter table contact_index alter column whole set statistics 0;
alter table contact_index alter column tail set statistics 0;
alter table search alter column grams set statistics 0;
