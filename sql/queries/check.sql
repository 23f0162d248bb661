-- name: find_versions
-- Versions of the server and of pgvector; '' where it is not installed.
select current_setting('server_version'),
    coalesce((select extversion from pg_extension where extname = 'vector'), '');

-- name: count_visible
-- What a visitor of the service may see.
select (select count(*) from caom2_ai_view.plane), (select count(*) from caom2_ai_view.fingerprint),
    (select count(*) from caom2_ai_view.map);
