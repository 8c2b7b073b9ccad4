create table orders (
    id          varchar(64) primary key,
    customer    varchar(64) not null,
    sku         varchar(32) not null,
    quantity    integer     not null,
    accepted_at timestamp with time zone not null default current_timestamp
);

-- One row for each order that the peer is yet to be told of. No index on due_at: see Outbox.takeDue.
create table outbox (
    id       bigint generated always as identity primary key,
    order_id varchar(64)   not null unique references orders (id),
    payload  varchar(1000) not null,
    attempts integer       not null default 0,
    due_at   timestamp with time zone not null
);

-- Belongs to the embedded peer: a key has its effect once.
create table peer_effects (
    idempotency_key varchar(64)   primary key,
    payload         varchar(1000) not null,
    repeats         integer       not null default 0
);
