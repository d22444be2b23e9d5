-- What stands in accounts that are gone is kept nowhere else: a search for what was found of
-- them looks at them alone.
CREATE INDEX account_removed ON "account" (id) WHERE gone_gen <> 0;
