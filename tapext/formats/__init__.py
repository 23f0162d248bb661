"""The formats of a result (TAP 1.1 sect. 2.7.3): rows of a COPY become documents, a chunk at a time."""
