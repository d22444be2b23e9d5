-- People are looked up by address: owners and credentials of those who leave.
CREATE INDEX person_email ON "person" ((lower(email)));
