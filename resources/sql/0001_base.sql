-- Schema 1 of a Viva Voce project; core/store/README.md explains every table.

CREATE TABLE run (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    name                 TEXT    NOT NULL,
    state                TEXT    NOT NULL DEFAULT 'idle',
    created_at           TEXT    NOT NULL,
    finished_at          TEXT    NOT NULL DEFAULT '',
    config               TEXT    NOT NULL,
    device               TEXT    NOT NULL DEFAULT '',
    dtype                TEXT    NOT NULL DEFAULT '',
    folder               TEXT    NOT NULL DEFAULT '',
    steps_done           INTEGER NOT NULL DEFAULT 0,
    total_steps          INTEGER NOT NULL DEFAULT 0,
    train_sec            REAL    DEFAULT 0,
    trainable_parameters INTEGER NOT NULL DEFAULT 0,
    total_parameters     INTEGER NOT NULL DEFAULT 0,
    examples             INTEGER NOT NULL DEFAULT 0,
    error                TEXT    NOT NULL DEFAULT '',
    notes                TEXT    NOT NULL DEFAULT ''
);

CREATE TABLE state_change (
    id      INTEGER PRIMARY KEY,
    run     INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    at      TEXT    NOT NULL,
    state   TEXT    NOT NULL,
    message TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX state_change_by_run ON state_change (run, id);

CREATE TABLE step (
    run       INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    step      INTEGER NOT NULL,
    train_sec REAL,
    tokens    INTEGER NOT NULL,
    samples   INTEGER NOT NULL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;

CREATE TABLE metric (
    run   INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    step  INTEGER NOT NULL,
    name  TEXT    NOT NULL,
    value REAL,
    PRIMARY KEY (run, name, step)
) WITHOUT ROWID;

CREATE TABLE answer_group (
    id            INTEGER PRIMARY KEY,
    run           INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    step          INTEGER NOT NULL,
    position      INTEGER NOT NULL,
    example       TEXT    NOT NULL,
    clip          TEXT    NOT NULL,
    task          TEXT    NOT NULL,
    question      TEXT    NOT NULL,
    reference     TEXT    NOT NULL,
    reward_mean   REAL,
    reward_std    REAL,
    reward_min    REAL,
    reward_max    REAL,
    zero_variance INTEGER NOT NULL,
    answers       INTEGER NOT NULL,
    UNIQUE (run, step, position)
);
CREATE INDEX answer_group_by_example ON answer_group (run, example, step);

CREATE TABLE answer (
    id            INTEGER PRIMARY KEY,
    answer_group  INTEGER NOT NULL REFERENCES answer_group (id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    origin        TEXT    NOT NULL,
    text          TEXT    NOT NULL,
    reward        REAL,
    reward_parts  TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    advantage     REAL,
    finished      INTEGER NOT NULL,
    tokens        INTEGER NOT NULL,
    token_ids     BLOB    NOT NULL,
    token_texts   BLOB    NOT NULL,
    log_probs     BLOB    NOT NULL,
    new_log_probs BLOB    NOT NULL,
    ref_log_probs BLOB    NOT NULL,
    UNIQUE (answer_group, position)
);

CREATE TABLE evaluation (
    id                 INTEGER PRIMARY KEY,
    run                INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    step               INTEGER NOT NULL,
    split              TEXT    NOT NULL,
    task               TEXT    NOT NULL,
    decoding           TEXT    NOT NULL,
    corpus_bleu        REAL,
    mean_sentence_bleu REAL,
    exact_match        REAL,
    items              INTEGER NOT NULL,
    passes             INTEGER NOT NULL,
    created_at         TEXT    NOT NULL,
    UNIQUE (run, step, split, task, decoding)
);

CREATE TABLE checkpoint (
    run        INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    step       INTEGER NOT NULL,
    path       TEXT    NOT NULL,
    created_at TEXT    NOT NULL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;

CREATE TABLE note (
    id         INTEGER PRIMARY KEY,
    run        INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    step       INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    created_at TEXT    NOT NULL
);
CREATE INDEX note_by_run ON note (run, step);
