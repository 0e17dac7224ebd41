-- The day that a body asks its form to be due, until it is answered, and the day that was agreed to.
ALTER TABLE submission ADD COLUMN asked_until TEXT;
ALTER TABLE submission ADD COLUMN extended_until TEXT;
