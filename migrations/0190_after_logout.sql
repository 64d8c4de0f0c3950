-- Whose an anonymous id is once another customer logs in with it; null: whose the ruleset says.
ALTER TABLE sources
  ADD COLUMN after_logout text CONSTRAINT sources_after_logout_known CHECK (after_logout IN ('new_person'));
-- edges.strength -1: seen in one record of a source with this setting (identity/resolve.h).
