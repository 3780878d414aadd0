CREATE TABLE roles (
    name        text    PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{1,39}$'),
    permissions text[]  NOT NULL DEFAULT '{}',
    built_in    boolean NOT NULL DEFAULT false
);

CREATE TABLE users (
    id              uuid        PRIMARY KEY,
    email           text        NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(email)),
    name            text        CHECK (length(name) BETWEEN 1 AND 100),
    password_hash   text        NOT NULL,
    failed_attempts int         NOT NULL DEFAULT 0 CHECK (failed_attempts >= 0),
    locked_until    timestamptz,
    created_at      timestamptz NOT NULL
);

CREATE TABLE user_roles (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role    text NOT NULL REFERENCES roles,
    PRIMARY KEY (user_id, role)
);

CREATE INDEX user_roles_by_role ON user_roles (role);

-- A sign-in and the chain of refresh tokens that grew from it: the family that a reused token revokes.
CREATE TABLE sessions (
    id         uuid        PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at timestamptz
);

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Only the SHA-256 of a token is kept. Used ones stay until they expire, so that a reuse is recognized.
CREATE TABLE refresh_tokens (
    token_hash bytea       PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    session_id uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

-- Every key here is published; one of them signs.
CREATE TABLE signing_keys (
    kid         text        PRIMARY KEY,
    public_key  bytea       NOT NULL,
    private_key bytea       NOT NULL,
    active      boolean     NOT NULL,
    created_at  timestamptz NOT NULL
);

CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (active) WHERE active;
