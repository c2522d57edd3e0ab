-- The trace of the call that made the change, as W3C's traceparent; null where none is exported. Those who tell
-- watchers of the change go on in it.
alter table events add column trace text;
