CREATE TABLE handled (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id uuid NOT NULL,
    note     text NOT NULL,
    trace_id text
);
