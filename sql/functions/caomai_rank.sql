-- ADQL: caomai_rank(dist DOUBLE) -> DOUBLE
-- Percentage (0 to 100) of random pairs of images that are nearer to each other than a distance.
-- note: A limit in percent means the same on every map, one in distances does not. It is measured on 600 images, and known to 0.01 percent.
-- example: SELECT near.publisherID, near.dist, caomai_rank(near.dist) AS percentage FROM (SELECT TOP 10 f.publisherID, caomai_distance(f.vector, caomai_vector('{publisherID}')) AS dist FROM caom2_ai.fingerprint AS f ORDER BY dist) AS near ORDER BY dist
-- written: caom2_ai.rank_among($1, (select s.dists from caom2_ai.rank_scale() s), (select s.ranks from caom2_ai.rank_scale() s))
-- ucd: stat.rank
-- total
create function caom2_ai.caomai_rank(dist double precision) returns double precision
language sql stable parallel safe
begin atomic
    select caom2_ai.rank_among($1, s.dists, s.ranks) from caom2_ai.rank_scale() s;
end;
