"""/similar: the images whose content is most like that of others, as a DALI-sync service (DALI 1.1)."""
