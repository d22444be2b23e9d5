-- What happened lately to people, accounts and seats, over all instances: few of all
-- changes, found by their moment.
CREATE INDEX change_told ON change ((CASE WHEN kind IN ('account', 'person', 'seat') AND field IN ('added', 'removed', 'status', 'employment') THEN at END), no);
