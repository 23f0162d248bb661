-- ADQL: caomai_vector(publisherID VARCHAR) -> REAL[]
-- Search vector of one image in the current map; an unknown image is an error.
-- note: An image that may not be seen is unknown too. Where the publisherID is computed or a column, an unknown one gives NULL.
-- example: SELECT TOP 10 f.publisherID, caomai_distance(f.vector, caomai_vector('{publisherID}')) AS dist FROM caom2_ai.fingerprint AS f WHERE f.publisherID <> '{publisherID}' ORDER BY dist
-- ucd: stat.param
-- axes: 400
-- total
create function caom2_ai.caomai_vector(publisherID text) returns halfvec
language sql stable parallel safe
return (
    select f.vector
    from caom2_ai_view.fingerprint f
    where f.publisherID = $1
        and f.mapID = (select m.mapID from caom2_ai_view.map m where m.kind = 'object' and m.isCurrent = 1)
);
