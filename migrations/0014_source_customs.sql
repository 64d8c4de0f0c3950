-- What a source or its tenant says of all its records, so that nothing has to be guessed.

ALTER TABLE tenants
  -- ISO 3166 alpha-2: where phone numbers without a country code are dialled.
  ADD COLUMN phone_region text CONSTRAINT tenants_phone_region_format CHECK (phone_region ~ '^[A-Z]{2}$');
ALTER TABLE sources
  ADD COLUMN phone_region text CONSTRAINT sources_phone_region_format CHECK (phone_region ~ '^[A-Z]{2}$'),
  -- How the source writes 03/04/2020: DMY, MDY; null: nobody said.
  ADD COLUMN date_order text CONSTRAINT sources_date_order_known CHECK (date_order IN ('DMY', 'MDY'));
