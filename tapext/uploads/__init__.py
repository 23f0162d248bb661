"""Tables that clients send with a query: TAP_UPLOAD (TAP 1.1 sect. 2.7.3), read in a process of their own."""
