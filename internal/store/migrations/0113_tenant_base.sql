-- Where a tenant's requests go, at vendors that give each organization an address
-- of its own and tell it when connecting; '' where the manifest says it alone.
ALTER TABLE instance ADD COLUMN tenant_base TEXT NOT NULL DEFAULT '';
