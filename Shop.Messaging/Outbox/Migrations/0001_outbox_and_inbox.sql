-- Events that commit with the business rows of the same transaction and are published afterwards.
CREATE TABLE outbox (
    sequence        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              uuid        NOT NULL,           -- the AMQP message_id
    type            text        NOT NULL,           -- the routing key
    key             text        NOT NULL,           -- events of one key are published in order
    lane            smallint    NOT NULL,           -- a hash of the key
    payload         bytea       NOT NULL,           -- the JSON, as it goes on the wire
    trace_parent    text,
    trace_state     text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    attempts        int         NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    last_error      text,
    published_at    timestamptz,
    parked_at       timestamptz
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- Only what is still to be published; it stays small however many rows the table holds.
CREATE INDEX outbox_pending ON outbox (lane, sequence) WHERE published_at IS NULL AND parked_at IS NULL;
CREATE INDEX outbox_backed_off ON outbox (key, sequence) WHERE published_at IS NULL AND parked_at IS NULL AND attempts > 0;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
CREATE INDEX outbox_parked ON outbox (parked_at) WHERE parked_at IS NOT NULL;

-- A relay leases lanes, not rows: whoever holds a lane publishes its rows alone, which keeps the order of a key
-- whatever the number of replicas. The lease is on the database's clock; the token fences a relay that slept past it.
CREATE TABLE outbox_lanes (
    lane         smallint    PRIMARY KEY,
    token        uuid,
    leased_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

INSERT INTO outbox_lanes (lane) SELECT generate_series(0, 15);

-- The messages a consumer has handled, written in the transaction of what it did.
CREATE TABLE inbox (
    message_id  uuid        NOT NULL,
    consumer    text        NOT NULL,
    type        text        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (message_id, consumer)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.1);

CREATE INDEX inbox_age ON inbox USING brin (received_at);
