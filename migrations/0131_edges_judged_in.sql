-- The activation of the ruleset by which an edge's refusal was found; 0: the ruleset that ships, before any was
-- activated. What stands since other rules is parted by reresolve alone.
ALTER TABLE edges ADD COLUMN judged_in int NOT NULL DEFAULT 0;
