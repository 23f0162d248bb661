-- Pictures of whole maps; who asks must compare what they show with what anybody may see now (typical_sprite).
create view caom2_ai_view.map_picture as
select
    pictureID, artifactURI, contentChecksum, png, reason, status,
    to_hex(pictureID) || '-' || to_hex((extract(epoch from made) * 1000000)::bigint) as tag,
    used < now() at time zone 'UTC' - interval '1 hour' as isStale, true as visible
from caom2_ai.picture
where variant = 'map' and (expires is null or expires > now() at time zone 'UTC');
