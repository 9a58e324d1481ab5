-- 职责清单: what a unit does about a kind and where that is written; the monthly record of kinds without an owner. The same tables on both engines.

-- Rows from before said nothing of it: their units led those kinds.
alter table duty add column role text collate "C" not null default 'lead';
alter table duty add column source text collate "C" not null default '';

create table duty_month (
  month text collate "C" primary key,
  made_at bigint not null,
  kinds text collate "C" not null
);
