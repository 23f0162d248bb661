-- name: list_parts
-- The parts of a visible image whose content is known, in the order of the file; none for a hidden image as for an unknown one.
select artifactURI, part, nDetected, nObjects
from caom2_ai_view.part_fingerprint
where publisherID = %(publisherID)s and mapID = %(mapID)s
order by artifactURI, length(part), part;

-- name: list_names
-- What the nodes of a map are called, several names of one with commas, and who says so.
select node, string_agg(label, ', ' order by origin, label) as label, min(origin) as labelOrigin
from caom2_ai_view.label
where mapID = %(mapID)s
group by node;

-- name: list_objects
-- The objects of some parts of a visible image with what their nodes are called, the brightest of each part first.
select {columns}
from caom2_ai_view.object_node o
left join (
    select node, string_agg(label, ', ' order by origin, label) as label, min(origin) as labelOrigin
    from caom2_ai_view.label
    where mapID = {mapID}
    group by node
) l on l.node = o.node
where o.publisherID = {publisherID} and o.mapID = {mapID} and o.part = any({parts})
order by o.artifactURI, length(o.part), o.part, o.snr desc, o.x, o.y
limit {limit};
