ALTER TABLE unit_key DROP CONSTRAINT unit_key_duty_check;
ALTER TABLE unit_key ADD CONSTRAINT unit_key_duty_check CHECK (duty IN ('identity', 'handling'));
