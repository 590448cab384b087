-- Captcha puzzles: single use across replicas, drawn once.
CREATE TABLE captcha_puzzle (
    id          text PRIMARY KEY,
    answer_mac  bytea NOT NULL,
    digits      integer NOT NULL,
    image       bytea NOT NULL,
    audio_zh    bytea,
    audio_en    bytea,
    sealed      bytea NOT NULL,            -- the digits, sealed, to draw the sound on first asking
    expires_at  timestamptz NOT NULL
);
CREATE INDEX captcha_expiry ON captcha_puzzle (expires_at);
