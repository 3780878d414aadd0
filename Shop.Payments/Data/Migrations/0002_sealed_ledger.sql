-- A ledger transaction is complete when the database transaction that wrote it commits: nothing is added to it later.
ALTER TABLE ledger_transactions ADD COLUMN written_by xid8 NOT NULL DEFAULT pg_current_xact_id();

-- The entries themselves move the balances, and nothing else may.
CREATE FUNCTION apply_ledger_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM written JOIN ledger_transactions t ON t.id = written.transaction_id
               WHERE t.written_by <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'an entry cannot be added to a ledger transaction that is complete'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_is_sealed';
    END IF;
    UPDATE accounts SET balance_minor = balance_minor + moved.amount_minor
    FROM (SELECT account_id, sum(amount_minor) AS amount_minor FROM written GROUP BY account_id) moved
    WHERE accounts.id = moved.account_id AND accounts.balance_minor IS NOT NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entries_apply AFTER INSERT ON ledger_entries
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION apply_ledger_entries();

CREATE FUNCTION refuse_balance_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a balance changes by entries of the ledger only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_balance_follows_entries';
END $$;

CREATE TRIGGER accounts_open_empty BEFORE INSERT ON accounts
    FOR EACH ROW WHEN (NEW.balance_minor <> 0) EXECUTE FUNCTION refuse_balance_change();
-- Depth 0 is a statement from outside; the trigger on the entries updates from depth 1.
CREATE TRIGGER accounts_balance_follows_entries BEFORE UPDATE ON accounts
    FOR EACH ROW WHEN (NEW.balance_minor IS DISTINCT FROM OLD.balance_minor AND pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_balance_change();

-- Now that a transaction gets its entries before it commits or never, looking at it once is enough.
DROP TRIGGER ledger_entry_balances ON ledger_entries;
DROP FUNCTION check_ledger_entry();
