-- Accounts: the second factor, delegations, what a token may do, where a session sits. The same tables on both engines; only the types' names differ.

-- The shared secret of the second factor, sealed with the installation's key; confirmed once a code was right. A step that was used is never taken again.
create table second_factor (
  account text collate "C" primary key references account (id),
  sealed bytea not null,
  confirmed_at bigint,
  last_step bigint not null,
  made_at bigint not null
);

-- Recovery codes, each good once; only their digests are kept.
create table recovery_code (
  account text collate "C" not null references account (id),
  digest text collate "C" not null,
  used_at bigint,
  primary key (account, digest)
);

-- A post on which a colleague sits for a while. It always has an end.
create table delegation (
  id text collate "C" primary key,
  account text collate "C" not null references account (id),
  deputy text collate "C" not null references account (id),
  post text collate "C" not null references post (id),
  from_at bigint not null,
  to_at bigint not null
);
create index delegation_deputy on delegation (deputy, to_at);
create index delegation_account on delegation (account, to_at);

alter table account add column second_factor boolean not null default false;
alter table account add column seen_at bigint;
alter table api_token add column reach text collate "C" not null default 'all';
alter table api_token add column seen_at bigint;
create index api_token_account on api_token (account);
alter table session add column address text collate "C" not null default '';
alter table session add column agent text collate "C" not null default '';

-- Whose work it is, for whoever leaves.
create index matter_handler on matter (handler) where handler is not null;
create index task_account on task (account) where account is not null;
