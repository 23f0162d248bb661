"""Pictures of archived images for people who look through an archive."""
