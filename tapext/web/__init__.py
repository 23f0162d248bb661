"""HTTP: parameters in, documents out; what they mean is decided elsewhere."""
