-- An order whose buyer could not be told is confirmed all the same after a while; its history says why, and notified_at stays empty.
ALTER TABLE orders DROP CONSTRAINT orders_confirmed_was_notified;

-- What recovery looks through: paid orders that wait for their buyer to be told.
CREATE INDEX orders_paid ON orders (updated_at) WHERE status = 'paid';
