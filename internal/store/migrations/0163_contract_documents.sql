-- Files of contracts. The content is sealed under a key of its own, and that key
-- under the operator's: a rotation seals the small keys anew.
CREATE TABLE contract_document (
  id          TEXT PRIMARY KEY,
  contract_no BIGINT NOT NULL,
  name        TEXT NOT NULL,
  media       TEXT NOT NULL,
  bytes       BIGINT NOT NULL,
  sealed      {{blob}} NOT NULL, -- the key of the content
  content     {{blob}} NOT NULL,
  added_at    BIGINT NOT NULL,
  added_by    TEXT NOT NULL
);
CREATE INDEX contract_document_of ON contract_document (contract_no);
