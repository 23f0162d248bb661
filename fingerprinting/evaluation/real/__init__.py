"""Scores on real data that the user names: labelled stamps, frames with defects put into them, archives."""
