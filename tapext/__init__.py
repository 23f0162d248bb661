"""The service: ADQL, TAP, VOSI and DataLink over the fingerprints of an archive."""
