-- Values of findings are sorted within their currency.
DROP INDEX finding_by_value;
CREATE INDEX finding_by_value ON finding (state, (currency || substr('0000000000000000000' || CAST(COALESCE(annual, -1) + 1 AS TEXT), length(CAST(COALESCE(annual, -1) + 1 AS TEXT)) + 1, 19)), no);
