-- What people found who looked at random members of the nodes with a label: how often it is right here, beside what the set
-- that suggested it told. Not carried to other maps, and not changed when images come.
alter table caom2_ai.label
    add column checkedPrecision real check (checkedPrecision between 0 and 1),
    add column checkedLow real,  -- of checkedPrecision: the ends of its 95 % interval (Wilson)
    add column checkedHigh real,
    add column nChecked integer check (nChecked > 0),  -- members looked at
    add column nCheckedNodes integer check (nCheckedNodes > 0),  -- nodes of which they were drawn, together
    add column checkedBy text check (length(checkedBy) between 1 and 64 and checkedBy !~ '[[:cntrl:]<>]'),
    add column checkedTime timestamp,
    add check (num_nulls(checkedPrecision, checkedLow, checkedHigh, nChecked, nCheckedNodes, checkedBy, checkedTime) in (0, 7));
