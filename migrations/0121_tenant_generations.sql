-- Servers remember which identifiers are stored. Whoever removes identifiers of a tenant takes the
-- exclusive advisory lock (7430, tenant_id), removes them and raises the tenant's generation, all in one
-- transaction: batches hold the lock shared, and forget what they remember of another generation.
ALTER TABLE tenants ADD COLUMN generation bigint NOT NULL DEFAULT 0;
