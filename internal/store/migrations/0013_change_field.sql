-- The latest changes of a field over all rows of a kind.
CREATE INDEX change_field ON change (kind, field, no);
