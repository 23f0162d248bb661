"""Jobs of UWS 1.1 over PostgreSQL: what a job is, whatever it does; several processes share them."""
