-- What people call a node, or what a set of labelled objects suggests; who said so and how often it is right.
create view caom2_ai_view.label as
select
    mapID, node, label, author, created, labelPrecision, origin, precisionLow, precisionHigh, lift, nSeen, labelledSet,
    modelHash, carriedFrom, carriedOverlap, checkedPrecision, checkedLow, checkedHigh, nChecked, nCheckedNodes,
    checkedBy, checkedTime
from caom2_ai.label;
