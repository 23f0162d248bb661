"""Images with their objects marked: tables, DS9 regions and pictures."""
