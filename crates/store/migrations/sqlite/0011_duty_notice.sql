-- What people were told about duty: months in force, shifts given and taken, what waits for an answer, hand-overs that are missing.

create table duty_notice (
  id text primary key,
  account text not null references account (id),
  what text not null,
  unit text not null references unit (id),
  duty text not null,
  about_at integer not null,
  at integer not null,
  heard_at integer
) strict;
create index duty_notice_account on duty_notice (account, at, id);
create index duty_notice_about on duty_notice (unit, about_at) where what = 'hand_over_missing';
