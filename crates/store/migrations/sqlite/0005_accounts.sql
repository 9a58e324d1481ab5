-- Accounts: the second factor, delegations, what a token may do, where a session sits. The same tables on both engines; only the types' names differ.

-- The shared secret of the second factor, sealed with the installation's key; confirmed once a code was right. A step that was used is never taken again.
create table second_factor (
  account text primary key references account (id),
  sealed blob not null,
  confirmed_at integer,
  last_step integer not null,
  made_at integer not null
) strict;

-- Recovery codes, each good once; only their digests are kept.
create table recovery_code (
  account text not null references account (id),
  digest text not null,
  used_at integer,
  primary key (account, digest)
) strict;

-- A post on which a colleague sits for a while. It always has an end.
create table delegation (
  id text primary key,
  account text not null references account (id),
  deputy text not null references account (id),
  post text not null references post (id),
  from_at integer not null,
  to_at integer not null
) strict;
create index delegation_deputy on delegation (deputy, to_at);
create index delegation_account on delegation (account, to_at);

alter table account add column second_factor integer not null default 0;
alter table account add column seen_at integer;
alter table api_token add column reach text not null default 'all';
alter table api_token add column seen_at integer;
create index api_token_account on api_token (account);
alter table session add column address text not null default '';
alter table session add column agent text not null default '';

-- Whose work it is, for whoever leaves.
create index matter_handler on matter (handler) where handler is not null;
create index task_account on task (account) where account is not null;
