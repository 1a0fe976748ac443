-- Schema 3: the metrics of an evaluation by name; core/store/README.md explains every table.

CREATE TABLE evaluation_metric (
    evaluation INTEGER NOT NULL REFERENCES evaluation (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    value      REAL,
    low        REAL,
    high       REAL,
    PRIMARY KEY (evaluation, name)
) WITHOUT ROWID;

INSERT INTO evaluation_metric (evaluation, name, value)
    SELECT id, 'bleu', corpus_bleu FROM evaluation
    UNION ALL SELECT id, 'sentence_bleu', mean_sentence_bleu FROM evaluation
    UNION ALL SELECT id, 'exact_match', exact_match FROM evaluation;

ALTER TABLE evaluation DROP COLUMN corpus_bleu;
ALTER TABLE evaluation DROP COLUMN mean_sentence_bleu;
ALTER TABLE evaluation DROP COLUMN exact_match;
