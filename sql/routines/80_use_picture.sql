-- Note that somebody asked for a picture, once an hour.
create function caom2_ai.use_picture(number bigint) returns void
language sql security definer
set search_path = pg_catalog, caom2_ai
begin atomic
    update caom2_ai.picture
    set used = now() at time zone 'UTC'
    where pictureID = number and used < now() at time zone 'UTC' - interval '1 hour';
end;
revoke all on function caom2_ai.use_picture from public;
grant execute on function caom2_ai.use_picture to caomai_service;
