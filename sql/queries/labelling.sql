-- name: select_labels
-- The labels of the current Map 1, as `caom-ai label export` writes them: no cell begins as a formula does.
select
    m.modelHash, l.node, l.label, l.author, l.created, l.origin, l.labelPrecision, l.precisionLow, l.precisionHigh, l.lift,
    l.nSeen, case when l.labelledSet ~ '^[=+@''-]' then '''' else '' end || l.labelledSet, l.modelHash, l.carriedFrom,
    l.carriedOverlap, l.checkedPrecision, l.checkedLow, l.checkedHigh, l.nChecked, l.nCheckedNodes, l.checkedBy,
    l.checkedTime
from caom2_ai_view.label l
join caom2_ai_view.map m on m.mapID = l.mapID
where m.kind = 'object' and m.isCurrent = 1
order by l.node, l.label
limit {limit};

-- name: give_label
-- Add a word of a visitor.
select caom2_ai.give_label(%(node)s, %(label)s, %(author)s, %(most)s) as outcome;
