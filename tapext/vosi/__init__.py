"""What the service says of itself to programs (VOSI 1.1, TAPRegExt 1.0)."""
