-- Where a label comes from and what it was measured on: names that people gave, and names suggested by sets of labelled objects.
alter table caom2_ai.label
    add column origin text not null default 'person' check (origin in ('person', 'suggested')),
    add column precisionLow real,  -- of labelPrecision: the ends of its 95 % interval (Wilson)
    add column precisionHigh real,
    add column lift real,  -- labelPrecision over the share that the kind has in the whole set
    add column nSeen integer,  -- objects of the set in the node
    add column labelledSet text,
    add column modelHash text,  -- by which the set was sorted into nodes: that of an older map where a label was carried over
    add check (length(label) between 1 and 64),
    add check (label !~ '[[:cntrl:]<>]'),
    add check (length(author) between 1 and 64),
    add check (author !~ '[[:cntrl:]<>]'),
    add check (origin = 'person' or (labelPrecision is not null and nSeen is not null and labelledSet is not null));
