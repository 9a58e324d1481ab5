-- A policy is one row of the clock book's language (domain::dispatch::Book): what it can say grows without a column for each word.

create table policy_line (
  id text not null,
  version integer not null,
  line text not null,
  ordinal integer not null,
  current integer not null,
  primary key (id, version)
) strict;

insert into policy_line (id, version, line, ordinal, current)
select id, version,
  id || char(9) || '-' || char(9) || kind || char(9) || coalesce(urgency, '-') || char(9) || coalesce(level, '-') || char(9)
  || n || case span_unit when 'minute' then 'min' when 'hour' then 'h' when 'working_hour' then 'wh' when 'day' then 'd' else 'wd' end || char(9)
  || '-' || char(9) || '-' || char(9) || '-' || char(9) || at_due || char(9) || steps || char(9) || mark || char(9) || source || char(9) || id,
  ordinal, current
from policy;

drop table policy;
alter table policy_line rename to policy;
