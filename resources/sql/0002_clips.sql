-- Schema 2: the clips of a project; core/store/README.md explains every table.

CREATE TABLE clip_import (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       TEXT    NOT NULL,
    format   TEXT    NOT NULL,
    path     TEXT    NOT NULL,
    added    INTEGER NOT NULL DEFAULT 0,
    extended INTEGER NOT NULL DEFAULT 0,
    known    INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    stopped  INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE clip_fault (
    id     INTEGER PRIMARY KEY,
    import INTEGER NOT NULL REFERENCES clip_import (id) ON DELETE CASCADE,
    place  TEXT    NOT NULL,
    item   TEXT    NOT NULL,
    reason TEXT    NOT NULL
);
CREATE INDEX clip_fault_by_import ON clip_fault (import, id);

CREATE TABLE clip (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT    NOT NULL UNIQUE,
    audio        TEXT    NOT NULL,
    source       TEXT    NOT NULL UNIQUE,
    text         TEXT    NOT NULL DEFAULT '',
    voice        TEXT    NOT NULL DEFAULT '',
    speaker      TEXT    NOT NULL DEFAULT '',
    language     TEXT    NOT NULL DEFAULT '',
    seed         INTEGER NOT NULL DEFAULT 0,
    split        TEXT    NOT NULL DEFAULT '',
    duration_sec REAL    NOT NULL DEFAULT 0,
    rate_hz      INTEGER NOT NULL DEFAULT 0,
    channels     INTEGER NOT NULL DEFAULT 0,
    sha256       TEXT    NOT NULL DEFAULT '',
    licence      TEXT    NOT NULL DEFAULT '',
    copy_of      TEXT    NOT NULL DEFAULT '',
    provenance   TEXT    NOT NULL DEFAULT '',
    notes        TEXT    NOT NULL DEFAULT '',
    import       INTEGER REFERENCES clip_import (id) ON DELETE SET NULL,
    removed      INTEGER NOT NULL DEFAULT 0,
    created_at   TEXT    NOT NULL
);
-- Each order and filter of the table is answered from an index alone.
CREATE INDEX clip_by_removed ON clip (removed);
CREATE INDEX clip_by_name ON clip (removed, name);
CREATE INDEX clip_by_duration ON clip (removed, duration_sec);
CREATE INDEX clip_by_split ON clip (removed, split);
CREATE INDEX clip_by_speaker ON clip (removed, speaker);
CREATE INDEX clip_by_language ON clip (removed, language);

CREATE TABLE clip_task (
    clip         INTEGER NOT NULL REFERENCES clip (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    task         TEXT    NOT NULL,
    question     TEXT    NOT NULL,
    refs         TEXT    NOT NULL,
    style        TEXT    NOT NULL DEFAULT '',
    base_targets TEXT    NOT NULL DEFAULT '[]',
    variants     TEXT    NOT NULL DEFAULT '[]',
    PRIMARY KEY (clip, position)
) WITHOUT ROWID;
CREATE INDEX clip_task_by_task ON clip_task (task, clip);

CREATE TABLE clip_tag (
    clip INTEGER NOT NULL REFERENCES clip (id) ON DELETE CASCADE,
    tag  TEXT    NOT NULL,
    PRIMARY KEY (clip, tag)
) WITHOUT ROWID;
CREATE INDEX clip_tag_by_tag ON clip_tag (tag, clip);

CREATE VIRTUAL TABLE clip_words USING fts5 (body, tokenize = 'unicode61 remove_diacritics 2');

CREATE TABLE clip_edit (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     TEXT    NOT NULL,
    label  TEXT    NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE clip_change (
    edit   INTEGER NOT NULL REFERENCES clip_edit (id) ON DELETE CASCADE,
    clip   INTEGER NOT NULL,
    field  TEXT    NOT NULL,
    before TEXT    NOT NULL,
    after  TEXT    NOT NULL,
    PRIMARY KEY (edit, clip, field)
) WITHOUT ROWID;
