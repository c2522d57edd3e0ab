-- How far each feed was trimmed: the rows up to `up_to` are gone. The oldest row that is left cannot tell, as numbers
-- have gaps.
create table feed_trims (
  feed text primary key,
  up_to bigint not null
);
