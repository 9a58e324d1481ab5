-- Notices that climb, channels and ways, jobs. Times are epoch milliseconds, minutes are of the day in Shanghai.

-- A notice is a part of its matter from now on: its place among the matter's notices, the person whom it names, its ladder with the policy that times it. Rows from
-- before have no place; they are shown and not folded.
alter table notice add column ordinal integer;
alter table notice add column account text;
alter table notice add column ladder text;
alter table notice add column policy text;
alter table notice add column policy_version integer;
alter table notice add column step integer not null default 0;
alter table notice add column next_step integer;
alter table notice add column next_at integer;
create index notice_matter on notice (matter, ordinal);
create index notice_next on notice (next_at, matter) where next_at is not null;
create index notice_waits on notice (unit, post, at, id) where acknowledged_at is null;
create index notice_post on notice (unit, post, at, id);
create index notice_alarm on notice (at, id) where acknowledged_at is null and rung = 6;
create index notice_account on notice (account, at, id) where account is not null;

-- A channel is data: what it speaks, where, and the files that hold its secrets. No secret is ever in the database.
create table channel (
  id text primary key,
  kind text not null,
  name text not null,
  enabled integer not null,
  ordinal integer not null,
  settings text not null
) strict;

-- A way to a person: a channel with that person's address in it (a text of `words`, sealed), and its place in the person's own order.
create table way (
  id text primary key,
  account text not null references account (id),
  channel text not null,
  ordinal integer not null,
  address text not null,
  address_commit text not null
) strict;
create index way_account on way (account, ordinal);

create table notice_wish (
  account text primary key references account (id),
  at_once integer not null,
  quiet_from integer not null,
  quiet_to integer not null,
  digest_at integer not null
) strict;

-- The outbox. A job is made in the transaction of what it follows from; its id is its key, so that nothing is made twice.
alter table job add column failed_at integer;
alter table job add column dead_at integer;
alter table job add column account text;
alter table job add column channel text;
alter table job add column urgent integer not null default 0;
create index job_due on job (run_at) where done_at is null and dead_at is null;
create index job_dead on job (dead_at, id) where dead_at is not null and done_at is null;
create index job_done on job (done_at) where done_at is not null;

-- An installation that is there already gets the spans of the ladder; a new one is seeded with them.
insert into policy (id, version, kind, urgency, level, n, span_unit, basis, at_due, steps, source, mark, ordinal, current)
select id, 1, 'acknowledge', urgency, null, n, span_unit, basis, 'escalate', steps, '示例默认值：每一级的确认时间；各步换通道，100% 上移一级', 'I', ordinal, 1
from (select 'acknowledge.extreme' as id, 'extreme' as urgency, 2 as n, 'minute' as span_unit, 'real' as basis, '25 50 75 100' as steps, 101 as ordinal
      union all select 'acknowledge.urgent', 'urgent', 1, 'hour', 'real', '50 100', 102
      union all select 'acknowledge', null, 1, 'working_day', 'service', '50 100', 103) as fresh
where exists (select 1 from policy);
