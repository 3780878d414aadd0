CREATE TABLE orders (
    id              uuid           PRIMARY KEY,
    customer_id     uuid           NOT NULL,
    customer_email  text           NOT NULL CHECK (length(customer_email) BETWEEN 3 AND 254),
    flow            text           NOT NULL CHECK (flow IN ('choreography', 'orchestration')),
    idempotency_key text           CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    status          text           NOT NULL CHECK (status IN
        ('pending', 'awaiting_payment', 'paid', 'confirmed', 'failed', 'cancelled', 'refunded', 'expired')),
    total_amount    numeric(18, 2) NOT NULL CHECK (total_amount > 0),
    currency        text           NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    payment_method  text           NOT NULL CHECK (payment_method IN ('wallet', 'card', 'sbp', 'crypto', 'cash_on_delivery')),
    payment_id      uuid,
    payment_status  text           CHECK (payment_status IN ('pending', 'captured', 'failed', 'refunded')),
    redirect_url    text           CHECK (length(redirect_url) <= 2000),
    refunded_amount numeric(18, 2) NOT NULL DEFAULT 0,
    failure_reason  text           CHECK (length(failure_reason) <= 500),
    notified_at     timestamptz,   -- the buyer may hear of the payment before we do
    expires_at      timestamptz    NOT NULL,
    created_at      timestamptz    NOT NULL,
    updated_at      timestamptz    NOT NULL,
    CONSTRAINT orders_refund_within_total CHECK (refunded_amount BETWEEN 0 AND total_amount),
    CONSTRAINT orders_paid_has_payment CHECK (status NOT IN ('paid', 'confirmed', 'refunded') OR payment_id IS NOT NULL),
    CONSTRAINT orders_confirmed_was_notified CHECK (status <> 'confirmed' OR notified_at IS NOT NULL)
);

CREATE INDEX orders_by_customer ON orders (customer_id, id DESC);

-- What recovery looks through: open orders past their deadline.
CREATE INDEX orders_open ON orders (expires_at) WHERE status IN ('pending', 'awaiting_payment');

-- One orchestrated order for a customer's key; a failed attempt leaves the key free for the next.
CREATE UNIQUE INDEX orders_one_per_idempotency_key ON orders (customer_id, idempotency_key) WHERE status <> 'failed';

CREATE TABLE order_lines (
    order_id   uuid           NOT NULL REFERENCES orders (id),
    product_id int            NOT NULL CHECK (product_id > 0),
    name       text           NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    quantity   int            NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
    unit_price numeric(18, 2) NOT NULL CHECK (unit_price >= 0),
    PRIMARY KEY (order_id, product_id)
);

CREATE TABLE order_status_changes (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id    uuid        NOT NULL REFERENCES orders (id),
    from_status text,       -- null when the order was placed
    status      text        NOT NULL,
    reason      text        CHECK (length(reason) <= 500),
    changed_at  timestamptz NOT NULL
);

CREATE INDEX order_status_changes_by_order ON order_status_changes (order_id, id);
