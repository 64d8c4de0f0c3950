-- Taking a batch of reresolve back resolves all components again, since what came after the batch was
-- resolved by its ruleset as well: which ones the batch changed is of no use.
DROP TABLE operation_nodes;
