-- How many people had used end-to-end services of the portal by the end of the day; null where it did not say so.
ALTER TABLE dossier_day ADD COLUMN users BIGINT;
