-- To find an event by its id. Ids are UUIDv7 and so grow with the table: block ranges are enough, and cost an insert next to nothing.
CREATE INDEX outbox_id ON outbox USING brin (id) WITH (pages_per_range = 16);
