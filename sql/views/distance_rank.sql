-- Quantiles of the distances of random pairs of images, by which caomai_rank judges a distance.
create view caom2_ai_view.distance_rank as
select mapID, rank, dist
from caom2_ai.distance_rank;
