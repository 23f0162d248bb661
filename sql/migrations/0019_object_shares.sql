-- Which share of the objects of an image was to have vectors when it was described; NULL of one that was described before this was kept.
alter table caom2_ai.part_fingerprint add column objectShare real;
