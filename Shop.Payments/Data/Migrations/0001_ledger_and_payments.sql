-- Money, in integer minor units (kopecks, cents). The ledger is append-only; see Ledger/README.md.

CREATE TABLE accounts (
    id            text        PRIMARY KEY, -- wallet:<user id>:<currency>, or <system account>:<currency>
    kind          text        NOT NULL CHECK (kind IN ('wallet', 'promotion', 'sales', 'cash_in')),
    user_id       uuid,
    currency      text        NOT NULL CHECK (currency IN ('RUB', 'USD', 'EUR')),
    balance_minor bigint,     -- a wallet's; a system account's is derived, so that no row is everybody's bottleneck
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT accounts_wallet_has_owner_and_balance CHECK (
        CASE kind WHEN 'wallet' THEN user_id IS NOT NULL AND balance_minor IS NOT NULL
                  ELSE user_id IS NULL AND balance_minor IS NULL END),
    CONSTRAINT accounts_wallet_never_negative CHECK (balance_minor >= 0),
    CONSTRAINT accounts_id_currency UNIQUE (id, currency),
    CONSTRAINT accounts_one_wallet_per_user_and_currency UNIQUE (user_id, currency)
);

INSERT INTO accounts (id, kind, currency)
SELECT kind || ':' || currency, kind, currency
FROM unnest(ARRAY['promotion', 'sales', 'cash_in']) AS kind, unnest(ARRAY['RUB', 'USD', 'EUR']) AS currency;

CREATE TABLE ledger_transactions (
    id          uuid        PRIMARY KEY,
    external_id text        NOT NULL UNIQUE CHECK (length(external_id) BETWEEN 1 AND 200),
    kind        text        NOT NULL CHECK (kind IN ('welcome', 'deposit', 'charge', 'refund')),
    order_id    uuid,
    created_at  timestamptz NOT NULL
);

CREATE TABLE ledger_entries (
    transaction_id uuid   NOT NULL REFERENCES ledger_transactions (id),
    line           int    NOT NULL CHECK (line > 0),
    account_id     text   NOT NULL,
    currency       text   NOT NULL,
    amount_minor   bigint NOT NULL CHECK (amount_minor <> 0),
    PRIMARY KEY (transaction_id, line),
    FOREIGN KEY (account_id, currency) REFERENCES accounts (id, currency)
);

-- An account's statement, newest first: transaction ids grow with time.
CREATE INDEX ledger_entries_statement ON ledger_entries (account_id, transaction_id DESC);

-- Every group of entries sums to zero in each currency, looked at when the transaction commits.
CREATE FUNCTION assert_ledger_transaction_balances(ledger_transaction uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_entries WHERE transaction_id = ledger_transaction) THEN
        RAISE EXCEPTION 'ledger transaction % has no entries', ledger_transaction
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_has_entries';
    END IF;
    IF EXISTS (SELECT FROM ledger_entries WHERE transaction_id = ledger_transaction
               GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero', ledger_transaction
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_sums_to_zero';
    END IF;
END $$;

CREATE FUNCTION check_ledger_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM assert_ledger_transaction_balances(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION check_ledger_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM assert_ledger_transaction_balances(NEW.transaction_id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_transaction_balances AFTER INSERT ON ledger_transactions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_ledger_transaction();
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_ledger_entry();

-- What was written stays: a mistake is corrected by another transaction.
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();

REVOKE UPDATE, DELETE, TRUNCATE ON ledger_transactions, ledger_entries FROM CURRENT_USER;
-- The foreign key of the entries locks the row it points at, and a row lock asks for UPDATE on some column; the trigger still refuses the change.
GRANT UPDATE (id) ON ledger_transactions TO CURRENT_USER;

-- At most one payment per order; its row is the lock that a charge and its cancellation meet on.
CREATE TABLE payments (
    id             uuid        PRIMARY KEY,
    order_id       uuid        NOT NULL UNIQUE,
    customer_id    uuid,       -- none for an order that was cancelled before anything was charged
    customer_email text        CHECK (length(customer_email) <= 254),
    amount_minor   bigint      NOT NULL CHECK (amount_minor >= 0),
    refunded_minor bigint      NOT NULL DEFAULT 0,
    currency       text        NOT NULL CHECK (currency IN ('RUB', 'USD', 'EUR')),
    method         text        NOT NULL CHECK (method IN ('wallet', 'card', 'sbp', 'crypto', 'cash_on_delivery')),
    status         text        NOT NULL CHECK (status IN ('pending', 'captured', 'failed', 'refunded', 'cancelled')),
    failure_reason text        CHECK (length(failure_reason) <= 200),
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT payments_refund_within_amount CHECK (refunded_minor BETWEEN 0 AND amount_minor),
    CONSTRAINT payments_only_captured_refunds CHECK (refunded_minor = 0 OR status IN ('captured', 'refunded')),
    CONSTRAINT payments_refunded_in_full CHECK (status <> 'refunded' OR refunded_minor = amount_minor),
    CONSTRAINT payments_has_customer CHECK (status = 'cancelled' OR (customer_id IS NOT NULL AND customer_email IS NOT NULL AND amount_minor > 0))
);

CREATE INDEX payments_by_customer ON payments (customer_id, id DESC);
