-- A day that a person entered was kept as its beginning in UTC; a credential is good until it is over.
UPDATE credential SET expires_at = expires_at + 86399000000 WHERE expires_by = 'entered' AND expires_at > 0 AND expires_at % 86400000000 = 0;
