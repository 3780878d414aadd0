-- Whom we write to, as far as auth told us or the user chose.
CREATE TABLE recipients (
    user_id    uuid        PRIMARY KEY,
    email      text        NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    name       text        CHECK (length(name) <= 200),
    language   text        NOT NULL CHECK (language IN ('ru', 'en')),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX recipients_email ON recipients (lower(email));

-- Who placed an order: what happens to it later names only the order.
CREATE TABLE order_contacts (
    order_id    uuid        PRIMARY KEY,
    customer_id uuid        NOT NULL,
    email       text        NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    items       jsonb       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE notifications (
    id              uuid        PRIMARY KEY,
    user_id         uuid,
    order_id        uuid,
    channel         text        NOT NULL CHECK (channel IN ('email')),
    template        text        NOT NULL,
    language        text        NOT NULL CHECK (language IN ('ru', 'en')),
    recipient       text        NOT NULL,
    subject         text        NOT NULL,
    text_body       text        NOT NULL,
    html_body       text        NOT NULL,
    -- pending: the delivery worker sends it. sending: the request that asked for it sends it, and nobody else.
    status          text        NOT NULL CHECK (status IN ('pending', 'sending', 'sent', 'failed')),
    attempts        int         NOT NULL DEFAULT 0 CHECK (attempts >= 0), -- also fences a sender that slept past its lease
    next_attempt_at timestamptz NOT NULL DEFAULT now(),                   -- while an attempt is under way: the end of its lease
    last_error      text,
    trace_parent    text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    sent_at         timestamptz,
    CHECK ((status = 'sent') = (sent_at IS NOT NULL))
) WITH (fillfactor = 80);

-- An order is told of each thing once, whoever asks and however often.
CREATE UNIQUE INDEX notifications_once ON notifications (order_id, template) WHERE order_id IS NOT NULL;
CREATE INDEX notifications_due ON notifications (next_attempt_at) WHERE status IN ('pending', 'sending');
CREATE INDEX notifications_user ON notifications (user_id, created_at DESC);
CREATE INDEX notifications_created ON notifications (created_at DESC);
