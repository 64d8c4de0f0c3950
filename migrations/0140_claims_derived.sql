-- Values derived of a claim's own, such as the extension of a phone number, come and go with the claim.
-- A JSON object as text, compared byte for byte; empty: none.
ALTER TABLE claims ADD COLUMN derived text NOT NULL DEFAULT '';
