-- Retention, erasure, certificates, and what a person may ask of us. The same tables on both engines; only the types' names differ.

-- How long a class of texts is kept, where the installation departs from the rule book's own rules (domain::trail::retention).
create table retention_rule (
  id text primary key,
  class text not null,
  category text not null,
  months integer,
  counts_from text not null,
  basis text not null,
  purpose text not null
) strict;

-- A list of what is to be destroyed: proposed by the sweeper or by a person's request, asked for by one, approved by another.
create table destruction (
  id text primary key,
  number text not null unique,
  origin text not null,
  care text not null,
  state text not null,
  proposed_at integer not null,
  asked_by text,
  asked_at integer,
  decided_by text,
  decided_at integer,
  reason text,
  reason_commit text,
  done_at integer
) strict;
create index destruction_state on destruction (state, proposed_at);

-- One matter's texts of one class, spoken until an instant.
create table destruction_item (
  destruction text not null references destruction (id),
  matter text not null references matter (id),
  class text not null,
  rule text not null,
  until_at integer not null,
  due_at integer not null,
  texts integer not null,
  files integer not null,
  erased_at integer,
  primary key (destruction, matter, class)
) strict;
create index destruction_item_matter on destruction_item (matter, class);

create table certificate (
  number text primary key,
  destruction text not null references destruction (id),
  at integer not null,
  body text not null,
  signature text not null,
  public_key text not null
) strict;

-- What a person asked about the data on himself, and what became of it. Who he is, is known by how he was identified (words), never by a name here.
create table subject_request (
  id text primary key,
  kind text not null,
  at integer not null,
  taken_by text not null,
  identity text not null,
  identity_commit text not null,
  matters integer not null,
  outcome text not null,
  basis text not null,
  destruction text
) strict;
create index subject_request_at on subject_request (at);

-- The name of a file is a text like any other: kept in words once the file belongs to a matter.
alter table attachment add column name text;
alter table attachment add column name_commit text;
alter table file add column erased_at integer;
create index file_sha256 on file (sha256);

create index matter_closed on matter (closed_at);
create index matter_archived on matter (archived_at);
create index event_account on event (account, chain, seq);
create index idempotency_at on idempotency (at);
