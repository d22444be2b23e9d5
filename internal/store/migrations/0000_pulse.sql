-- One row that is written to see whether writing works again.
CREATE TABLE pulse (at BIGINT NOT NULL);
INSERT INTO pulse (at) VALUES (0);
