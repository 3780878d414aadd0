-- A payment may be refunded in parts, and each part is told. The other things an order is told of once, as before.
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (order_id, template) WHERE order_id IS NOT NULL AND template <> 'payment_refunded';
CREATE INDEX notifications_order ON notifications (order_id) WHERE order_id IS NOT NULL;
