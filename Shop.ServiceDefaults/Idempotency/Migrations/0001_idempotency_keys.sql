-- The first answer to each Idempotency-Key, so that a repeated request gets it again.
-- The key itself is not kept: its hash finds the row, and the key decrypts the stored body,
-- so that a copy of this table gives nobody the tokens or personal data in an answer.
CREATE TABLE idempotency_keys (
    scope        text        NOT NULL, -- who called which endpoint
    key_hash     bytea       NOT NULL,
    request_hash bytea       NOT NULL,
    status       int,                  -- null while the first request is at work
    content_type text,
    location     text,
    body         bytea,
    locked_until timestamptz,          -- a claim that its holder did not finish is free after this
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key_hash)
);

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
