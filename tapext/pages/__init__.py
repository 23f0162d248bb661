"""What the service says of itself to people: its pages and the examples on them (DALI 1.1 sect. 2.3)."""
