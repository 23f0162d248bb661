-- name: find_map
-- The object map that people search.
select mapID, modelHash from caom2_ai.map where kind = 'object' and isCurrent;

-- name: lock_labels
-- One writer at a time: a suggestion looks whether a person has named the node.
lock table caom2_ai.label in share row exclusive mode;

-- name: list_labels
-- All labels of a map.
select
    node, label, author, created, origin, labelPrecision, precisionLow, precisionHigh, lift, nSeen, labelledSet, modelHash,
    carriedFrom, carriedOverlap, checkedPrecision, checkedLow, checkedHigh, nChecked, nCheckedNodes, checkedBy, checkedTime
from caom2_ai.label
where mapID = %(mapID)s
order by node, label;

-- name: set_label
-- A person's label, or a suggestion that he agrees with; what was measured of the word on this node stays.
insert into caom2_ai.label (mapID, node, label, author, created)
values (%(mapID)s, %(node)s, %(label)s, %(author)s, %(created)s)
on conflict (mapID, node, label) do update
set author = excluded.author, created = excluded.created, origin = 'person', carriedFrom = null, carriedOverlap = null;

-- name: drop_suggestions_of_node
-- What else was suggested for a node before a person named it.
delete from caom2_ai.label
where mapID = %(mapID)s and node = %(node)s and label <> %(label)s and origin = 'suggested';

-- name: drop_suggestions
-- What a set suggested before; what somebody has checked since stays.
delete from caom2_ai.label
where mapID = %(mapID)s and origin = 'suggested' and labelledSet = %(labelledSet)s and nChecked is null;

-- name: remove_label
-- A label of a node.
delete from caom2_ai.label where mapID = %(mapID)s and node = %(node)s and label = %(label)s;

-- name: add_label
-- A label of a person from elsewhere: one that is there stays, but for a suggestion.
insert into caom2_ai.label as l (
    mapID, node, label, author, created, origin, labelPrecision, precisionLow, precisionHigh, lift, nSeen, labelledSet,
    modelHash, carriedFrom, carriedOverlap, checkedPrecision, checkedLow, checkedHigh, nChecked, nCheckedNodes, checkedBy,
    checkedTime)
values (
    %(mapID)s, %(node)s, %(label)s, %(author)s, %(created)s, %(origin)s, %(labelPrecision)s, %(precisionLow)s,
    %(precisionHigh)s, %(lift)s, %(nSeen)s, %(labelledSet)s, %(modelHash)s, %(carriedFrom)s,
    %(carriedOverlap)s, %(checkedPrecision)s, %(checkedLow)s, %(checkedHigh)s, %(nChecked)s, %(nCheckedNodes)s,
    %(checkedBy)s, %(checkedTime)s)
on conflict (mapID, node, label) do update
set author = excluded.author, created = excluded.created, origin = excluded.origin,
    labelPrecision = excluded.labelPrecision, precisionLow = excluded.precisionLow,
    precisionHigh = excluded.precisionHigh, lift = excluded.lift, nSeen = excluded.nSeen,
    labelledSet = excluded.labelledSet, modelHash = excluded.modelHash,
    carriedFrom = excluded.carriedFrom, carriedOverlap = excluded.carriedOverlap,
    checkedPrecision = excluded.checkedPrecision, checkedLow = excluded.checkedLow, checkedHigh = excluded.checkedHigh,
    nChecked = excluded.nChecked, nCheckedNodes = excluded.nCheckedNodes, checkedBy = excluded.checkedBy,
    checkedTime = excluded.checkedTime
where l.origin = 'suggested';

-- name: add_suggestion
-- What a set suggests for a node that no person has named; of two that suggest the same the better measured one stays.
insert into caom2_ai.label as l (
    mapID, node, label, author, created, origin, labelPrecision, precisionLow, precisionHigh, lift, nSeen, labelledSet,
    modelHash, carriedFrom, carriedOverlap, checkedPrecision, checkedLow, checkedHigh, nChecked, nCheckedNodes, checkedBy,
    checkedTime)
select
    %(mapID)s, %(node)s, %(label)s, %(author)s, %(created)s, %(origin)s, %(labelPrecision)s, %(precisionLow)s,
    %(precisionHigh)s, %(lift)s, %(nSeen)s, %(labelledSet)s, %(modelHash)s, %(carriedFrom)s,
    %(carriedOverlap)s, %(checkedPrecision)s, %(checkedLow)s, %(checkedHigh)s, %(nChecked)s, %(nCheckedNodes)s,
    %(checkedBy)s, %(checkedTime)s
where not exists (
    select from caom2_ai.label p
    where p.mapID = %(mapID)s and p.node = %(node)s and p.origin = 'person')
on conflict (mapID, node, label) do update
set author = excluded.author, created = excluded.created, labelPrecision = excluded.labelPrecision,
    precisionLow = excluded.precisionLow, precisionHigh = excluded.precisionHigh, lift = excluded.lift,
    nSeen = excluded.nSeen, labelledSet = excluded.labelledSet, modelHash = excluded.modelHash
where l.origin = 'suggested' and l.precisionLow < excluded.precisionLow;

-- name: record_check
-- What somebody found who looked at random members of nodes with a label.
update caom2_ai.label
set checkedPrecision = %(checkedPrecision)s, checkedLow = %(checkedLow)s, checkedHigh = %(checkedHigh)s,
    nChecked = %(nChecked)s, nCheckedNodes = %(nCheckedNodes)s, checkedBy = %(checkedBy)s, checkedTime = %(checkedTime)s
where mapID = %(mapID)s and node = any(%(nodes)s) and label = %(label)s;
