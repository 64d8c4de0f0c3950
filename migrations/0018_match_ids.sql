-- Beside an e-mail identifier, the mailbox that its provider's policy makes of it: j.doe+shop@gmail.com and
-- jdoe@gmail.com are two identifiers of one mailbox. No evidence by itself; what people and later matching
-- look for.

-- A keyed hash like node_id; null for other kinds.
ALTER TABLE identifiers ADD COLUMN match_id uuid;
