-- name: How unusual is such a likeness?
-- group: Images like this one
-- The column percentage says how many of a hundred random pairs of images are nearer to each other than these two. Unlike a
-- distance it means the same on every map, so it is what to note in a paper.
SELECT near.publisherID, near.dist, caomai_rank(near.dist) AS percentage
FROM (
    SELECT TOP 20 f.publisherID,
           caomai_distance(f.vector, caomai_vector('{publisherID}')) AS dist
    FROM caom2_ai.fingerprint AS f
    ORDER BY dist
) AS near
ORDER BY dist
