-- What people limit a search by, beside places and nodes: cameras and times.
create index fingerprint_camera on caom2_ai.fingerprint (collection, instrument_name);
create index fingerprint_time on caom2_ai.fingerprint (timeMid);
