-- A policy is one row of the clock book's language (domain::dispatch::Book): what it can say grows without a column for each word.

create table policy_line (
  id text collate "C" not null,
  version bigint not null,
  line text collate "C" not null,
  ordinal bigint not null,
  current boolean not null,
  primary key (id, version)
);

insert into policy_line (id, version, line, ordinal, current)
select id, version,
  id || chr(9) || '-' || chr(9) || kind || chr(9) || coalesce(urgency, '-') || chr(9) || coalesce(level, '-') || chr(9)
  || n || case span_unit when 'minute' then 'min' when 'hour' then 'h' when 'working_hour' then 'wh' when 'day' then 'd' else 'wd' end || chr(9)
  || '-' || chr(9) || '-' || chr(9) || '-' || chr(9) || at_due || chr(9) || steps || chr(9) || mark || chr(9) || source || chr(9) || id,
  ordinal, current
from policy;

drop table policy;
alter table policy_line rename to policy;
