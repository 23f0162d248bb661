"""From pixels to fingerprints: read, detect, cut out, embed, count, and the training of the maps."""
