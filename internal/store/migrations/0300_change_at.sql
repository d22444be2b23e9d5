-- What happened lately to people, accounts and seats, over all instances: few of all
-- changes, found by their moment.
CREATE INDEX change_at ON change (at, no) WHERE kind IN ('account', 'person', 'seat') AND field IN ('added', 'removed', 'status', 'employment');
