-- What is found is looked for application by application.
CREATE INDEX finding_application ON finding (saas_no, kind) WHERE gone_at = 0;
