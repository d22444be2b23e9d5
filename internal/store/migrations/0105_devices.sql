-- Whose a device is, worked out anew when devices, accounts or people have changed.
CREATE TABLE device_person (
  device_id   BIGINT PRIMARY KEY,
  instance_no BIGINT NOT NULL,
  person_id   BIGINT NOT NULL,
  how         TEXT NOT NULL,
  linked_at   BIGINT NOT NULL
);
CREATE INDEX device_person_person ON device_person (person_id);
CREATE INDEX device_person_instance ON device_person (instance_no);

-- The orders of the list of devices, as deviceName and deviceSeen say them.
CREATE INDEX device_by_name ON "device" ((COALESCE(name, serial_number, external_id)), id);
CREATE INDEX device_by_seen ON "device" ((COALESCE(last_seen_at, -1)), id);

-- The apps of a device, and the devices of an app.
CREATE INDEX installed_app_device ON "installed_app" (instance_no, device);
CREATE INDEX installed_app_name ON "installed_app" ((lower(name)));
