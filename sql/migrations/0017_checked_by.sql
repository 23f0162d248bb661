-- Who checked a label, in the words in which PostgreSQL gives a constraint back: a dump of the schema then makes the same one.
alter table caom2_ai.label
    drop constraint label_checkedby_check,
    add constraint label_checkedby_check
        check (length(checkedBy) >= 1 and length(checkedBy) <= 64 and checkedBy !~ '[[:cntrl:]<>]');
