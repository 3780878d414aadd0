-- The whole life of an order: what caused each change, and which event told the others of it. Message ids are UUIDv7, and so
-- say when an event was added to its outbox. Changes from before this migration say nothing of it.
ALTER TABLE order_status_changes
    ADD COLUMN changed_by           text CHECK (changed_by IN ('customer', 'event', 'orchestrator', 'recovery')),
    ADD COLUMN cause_event          text,
    ADD COLUMN cause_message_id     uuid,
    ADD COLUMN cause_received_at    timestamptz,
    ADD COLUMN announced_event      text,
    ADD COLUMN announced_message_id uuid,
    ADD CONSTRAINT order_status_changes_event_is_whole CHECK (
        num_nonnulls(cause_event, cause_message_id, cause_received_at) = CASE changed_by WHEN 'event' THEN 3 ELSE 0 END),
    ADD CONSTRAINT order_status_changes_announcement_is_whole CHECK (num_nonnulls(announced_event, announced_message_id) IN (0, 2));

-- The event of notified_at, which may arrive before the payment's.
ALTER TABLE orders ADD COLUMN notified_message_id uuid;
