-- What of a unit's register of equipment was looked at when a shift was handed over, and how it was found.

create table hand_over_gear (
  hand_over text collate "C" not null references hand_over (id),
  ordinal bigint not null,
  equipment text collate "C" not null references equipment (id),
  state text collate "C" not null,
  primary key (hand_over, ordinal)
);
