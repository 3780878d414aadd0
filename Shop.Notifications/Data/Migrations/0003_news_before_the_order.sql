-- The news that an order could not be paid names nobody. When it overtakes the order itself, a row without a buyer keeps it
-- until the order comes: whichever of the two is later finds the other, since both write the same row.
ALTER TABLE order_contacts
    ALTER COLUMN customer_id DROP NOT NULL,
    ALTER COLUMN email DROP NOT NULL,
    ALTER COLUMN items DROP NOT NULL,
    ADD COLUMN payment_failure text CHECK (length(payment_failure) <= 100),
    ADD CHECK (num_nulls(customer_id, email, items) = 0 OR (num_nulls(customer_id, email, items) = 3 AND payment_failure IS NOT NULL));
