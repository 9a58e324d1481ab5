-- What people were told about duty: months in force, shifts given and taken, what waits for an answer, hand-overs that are missing.

create table duty_notice (
  id text collate "C" primary key,
  account text collate "C" not null references account (id),
  what text collate "C" not null,
  unit text collate "C" not null references unit (id),
  duty text collate "C" not null,
  about_at bigint not null,
  at bigint not null,
  heard_at bigint
);
create index duty_notice_account on duty_notice (account, at, id);
create index duty_notice_about on duty_notice (unit, about_at) where what = 'hand_over_missing';
