-- Notices that climb, channels and ways, jobs. Times are epoch milliseconds, minutes are of the day in Shanghai.

-- A notice is a part of its matter from now on: its place among the matter's notices, the person whom it names, its ladder with the policy that times it. Rows from
-- before have no place; they are shown and not folded.
alter table notice add column ordinal bigint;
alter table notice add column account text collate "C";
alter table notice add column ladder text collate "C";
alter table notice add column policy text collate "C";
alter table notice add column policy_version bigint;
alter table notice add column step bigint not null default 0;
alter table notice add column next_step bigint;
alter table notice add column next_at bigint;
create index notice_matter on notice (matter, ordinal);
create index notice_next on notice (next_at, matter) where next_at is not null;
create index notice_waits on notice (unit, post, at, id) where acknowledged_at is null;
create index notice_post on notice (unit, post, at, id);
create index notice_alarm on notice (at, id) where acknowledged_at is null and rung = 6;
create index notice_account on notice (account, at, id) where account is not null;

-- A channel is data: what it speaks, where, and the files that hold its secrets. No secret is ever in the database.
create table channel (
  id text collate "C" primary key,
  kind text collate "C" not null,
  name text collate "C" not null,
  enabled boolean not null,
  ordinal bigint not null,
  settings text collate "C" not null
);

-- A way to a person: a channel with that person's address in it (a text of `words`, sealed), and its place in the person's own order.
create table way (
  id text collate "C" primary key,
  account text collate "C" not null references account (id),
  channel text collate "C" not null,
  ordinal bigint not null,
  address text collate "C" not null,
  address_commit text collate "C" not null
);
create index way_account on way (account, ordinal);

create table notice_wish (
  account text collate "C" primary key references account (id),
  at_once boolean not null,
  quiet_from bigint not null,
  quiet_to bigint not null,
  digest_at bigint not null
);

-- The outbox. A job is made in the transaction of what it follows from; its id is its key, so that nothing is made twice.
alter table job add column failed_at bigint;
alter table job add column dead_at bigint;
alter table job add column account text collate "C";
alter table job add column channel text collate "C";
alter table job add column urgent boolean not null default false;
create index job_due on job (run_at) where done_at is null and dead_at is null;
create index job_dead on job (dead_at, id) where dead_at is not null and done_at is null;
create index job_done on job (done_at) where done_at is not null;

-- An installation that is there already gets the spans of the ladder; a new one is seeded with them.
insert into policy (id, version, kind, urgency, level, n, span_unit, basis, at_due, steps, source, mark, ordinal, current)
select id, 1, 'acknowledge', urgency, null, n, span_unit, basis, 'escalate', steps, '示例默认值：每一级的确认时间；各步换通道，100% 上移一级', 'I', ordinal, true
from (select 'acknowledge.extreme' as id, 'extreme' as urgency, 2 as n, 'minute' as span_unit, 'real' as basis, '25 50 75 100' as steps, 101 as ordinal
      union all select 'acknowledge.urgent', 'urgent', 1, 'hour', 'real', '50 100', 102
      union all select 'acknowledge', null, 1, 'working_day', 'service', '50 100', 103) as fresh
where exists (select 1 from policy);
