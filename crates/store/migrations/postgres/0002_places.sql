-- Places, units, posts: history, establishment, rooms and equipment, duty lists. The same tables on both engines; only the types' names differ.

-- What sort of grid a grid is; when a unit ended; where a post stands in 1+3+N, for how many people it is planned, and in which grid it is.
alter table place add column grid text collate "C";
alter table unit add column valid_to bigint;
alter table post add column grid text collate "C";
alter table post add column standing text collate "C" not null default 'others';
alter table post add column planned bigint not null default 1;
create index place_parent on place (parent, code);
create index post_unit on post (unit, id);

-- Rows from before: a grid ending in 9xx is a dedicated one, of which sort nobody has said; the heads are the one of 1+3+N.
update place set grid = case when substr(code, 13, 1) = '9' then 'factory' else 'base' end where tier = 'grid';
update post set standing = 'one' where kind in ('station_chief', 'unit_head', 'command_head');
update post set standing = 'three' where kind in ('desk_clerk', 'unit_officer', 'mediator', 'grid_worker');

create table unit_function (
  unit text collate "C" not null references unit (id),
  function text collate "C" not null,
  primary key (unit, function)
);

-- 职责清单: a leaf, a group or a family.
create table duty (
  unit text collate "C" not null references unit (id),
  category text collate "C" not null,
  primary key (unit, category)
);

create table room (
  id text collate "C" primary key,
  unit text collate "C" not null references unit (id),
  zone text collate "C" not null,
  name text collate "C" not null,
  seats bigint not null,
  closed boolean not null
);
create index room_unit on room (unit, id);

create table booking (
  id text collate "C" primary key,
  room text collate "C" not null references room (id),
  from_at bigint not null,
  to_at bigint not null,
  purpose text collate "C" not null,
  booked_by text collate "C" not null,
  cancelled_at bigint
);
create index booking_room on booking (room, to_at);

create table equipment (
  id text collate "C" primary key,
  unit text collate "C" not null references unit (id),
  zone text collate "C",
  kind text collate "C" not null,
  name text collate "C" not null,
  state text collate "C" not null,
  checked_at bigint,
  checked_by text collate "C"
);
create index equipment_unit on equipment (unit, id);

-- A holding of somebody who belongs to another unit. Its span is the holding's.
create table posting (
  holding text collate "C" primary key references holding (id),
  home text collate "C" not null references unit (id),
  presence text collate "C" not null,
  weekdays bigint not null
);
create index posting_home on posting (home);
