-- Matters that need care: the numbers that one had before, and erasures that take only one person's texts. The same tables on both engines.

-- A matter that comes to need more care gets a number of its class's own series; by the old one only those find it who may see it.
create table matter_number (
  matter text collate "C" not null references matter (id),
  ordinal bigint not null,
  number text collate "C" not null unique,
  primary key (matter, ordinal)
);

-- Which reports' contacts a person's request takes (ids, with a space between; empty: all of the class), and whether also what was said.
alter table destruction_item add column reports text collate "C" not null default '';
alter table destruction_item add column said boolean not null default false;
