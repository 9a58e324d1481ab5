-- Places, units, posts: history, establishment, rooms and equipment, duty lists. The same tables on both engines; only the types' names differ.

-- What sort of grid a grid is; when a unit ended; where a post stands in 1+3+N, for how many people it is planned, and in which grid it is.
alter table place add column grid text;
alter table unit add column valid_to integer;
alter table post add column grid text;
alter table post add column standing text not null default 'others';
alter table post add column planned integer not null default 1;
create index place_parent on place (parent, code);
create index post_unit on post (unit, id);

-- Rows from before: a grid ending in 9xx is a dedicated one, of which sort nobody has said; the heads are the one of 1+3+N.
update place set grid = case when substr(code, 13, 1) = '9' then 'factory' else 'base' end where tier = 'grid';
update post set standing = 'one' where kind in ('station_chief', 'unit_head', 'command_head');
update post set standing = 'three' where kind in ('desk_clerk', 'unit_officer', 'mediator', 'grid_worker');

create table unit_function (
  unit text not null references unit (id),
  function text not null,
  primary key (unit, function)
) strict;

-- 职责清单: a leaf, a group or a family.
create table duty (
  unit text not null references unit (id),
  category text not null,
  primary key (unit, category)
) strict;

create table room (
  id text primary key,
  unit text not null references unit (id),
  zone text not null,
  name text not null,
  seats integer not null,
  closed integer not null
) strict;
create index room_unit on room (unit, id);

create table booking (
  id text primary key,
  room text not null references room (id),
  from_at integer not null,
  to_at integer not null,
  purpose text not null,
  booked_by text not null,
  cancelled_at integer
) strict;
create index booking_room on booking (room, to_at);

create table equipment (
  id text primary key,
  unit text not null references unit (id),
  zone text,
  kind text not null,
  name text not null,
  state text not null,
  checked_at integer,
  checked_by text
) strict;
create index equipment_unit on equipment (unit, id);

-- A holding of somebody who belongs to another unit. Its span is the holding's.
create table posting (
  holding text primary key references holding (id),
  home text not null references unit (id),
  presence text not null,
  weekdays integer not null
) strict;
create index posting_home on posting (home);
