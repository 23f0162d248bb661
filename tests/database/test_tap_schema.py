"""TAP_SCHEMA says what is there: names, types, units and UCDs (TAP 1.1 sect. 4, ADQL 2.1 sect. 2.1.3)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from astropy.io.votable.ucd import check_ucd
from astropy.units import Unit

from caomai.database import Database
from caomai.migrate import read_scripts
from tests.database.conftest import Connection

Described = dict[tuple[str, str], tuple[str, str | None, str | None]]

# VOTable datatype and xtype, and how PostgreSQL may hold it
STORED = {
    ("char", None): {"text", "character varying", "character"},
    ("unicodeChar", None): {"text", "character varying"},
    ("char", "caom2:uri"): {"text", "character varying"},
    ("char", "caom2:uuid"): {"uuid"},
    ("char", "timestamp"): {"timestamp without time zone"},
    ("char", "caom2:shape"): {"double precision[]"},
    ("char", "caom2:multishape"): {"double precision[]"},
    ("char", "adql:REGION"): {"double precision[]"},
    ("short", None): {"smallint"},
    ("int", None): {"integer"},
    ("long", None): {"bigint"},
    ("float", None): {"real"},
    ("double", None): {"double precision"},
}
STORED_ARRAYS = {("int", "400"): {"integer[]"}, ("float", "400"): {"halfvec"}, ("float", "64"): {"halfvec"}}

# Reserved words of ADQL 2.1: those of SQL-92 and its own; and what taplint's parser takes for one.
RESERVED = set(
    """
    absolute action add all allocate alter and any are as asc assertion at authorization avg begin
    between bit bit_length both by cascade cascaded case cast catalog char character char_length
    character_length check close coalesce collate collation column commit connect connection constraint
    constraints continue convert corresponding count create cross current current_date current_time
    current_timestamp current_user cursor date day deallocate decimal declare default deferrable
    deferred delete desc describe descriptor diagnostics disconnect distinct domain double drop else end
    end-exec escape except exception exec execute exists external extract false fetch first float for
    foreign found from full get global go goto grant group having hour identity immediate in indicator
    initially inner input insensitive insert int integer intersect interval into is isolation join key
    language last leading left level like local lower match max min minute module month names national
    natural nchar next no not null nullif numeric octet_length of on only open option or order outer
    output overlaps pad partial position precision prepare preserve primary prior privileges procedure
    public read real references relative restrict revoke right rollback rows schema scroll second
    section select session session_user set size smallint some space sql sqlcode sqlerror sqlstate
    substring sum system_user table temporary then time timestamp timezone_hour timezone_minute to
    trailing transaction translate translation trim true union unique unknown update upper usage user
    using value values varchar varying view when whenever where with work write year zone abs acos area
    asin atan atan2 bigint box ceiling centroid circle contains coord1 coord2 coordsys cos cot degrees
    distance exp floor ilike in_unit intersects log log10 mod offset pi point polygon power radians rand
    region round sin sqrt tan top truncate
    """.split()  # noqa: SIM905 - a hundred words
)


# Found by an index, but not as equal: nearest vectors, counts in nodes, nodes of a map, places and regions.
OTHERWISE = {
    ("caom2_ai.fingerprint", "vector"),
    ("caom2_ai.fingerprint", "fingerprint"),
    ("caom2_ai.fingerprint", "ra"),
    ("caom2_ai.fingerprint", "dec"),
    ("caom2_ai.object_node", "mapID"),
    ("caom2_ai.object_node", "node"),
    ("caom2_ai.object_node", "ra"),
    ("caom2_ai.object_node", "dec"),
    ("caom2_ai.object_vector", "vector"),
    ("caom2_ai.object_vector", "mapID"),
    ("caom2_ai.object_vector", "node"),
    ("caom2_ai.object_vector", "ra"),
    ("caom2_ai.object_vector", "dec"),
    ("caom2.Plane", "position_bounds"),
    ("ivoa.ObsCore", "s_ra"),
    ("ivoa.ObsCore", "s_dec"),
    ("ivoa.ObsCore", "s_region"),
}


# What tells hidden rows, and what finds the objects of an image.
UNSEEN = {"visible", "imageid"}
# What the service reads for its pictures and functions; no table of users.
INTERNAL = {
    f"caom2_ai_view.{name}"
    for name in (
        "map_picture",
        "node_axis",
        "picture",
        "pictured_object",
        "shown_file",
        "typical_image",
        "typical_object",
        "typical_sprite",
    )
}
NAMES = ("planeID", "mapID", "node", "artifactURI")


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[Connection]:
    with database.connect("query") as query:
        yield query


@pytest.fixture(scope="module")
def described(connection: Connection) -> Described:
    """Give datatype, arraysize and xtype by table and column, in the case of TAP_SCHEMA."""
    rows = connection.execute(
        "select table_name, column_name, datatype, arraysize, xtype from tap_schema.columns"
    )
    return {(row[0], row[1]): row[2:] for row in rows}


def relation(table: str) -> str:
    schema, _, name = table.partition(".")
    return f"caom2_ai_view.{'tap_' if schema == 'tap_schema' else ''}{name.lower()}"


def stored(connection: Connection) -> dict[tuple[str, str], str]:
    """Give PostgreSQL's type of each column that the query role may read, by relation and column."""
    rows = connection.execute(
        "select attrelid::regclass::text, attname, format_type(atttypid, null) from pg_attribute a"
        " join pg_class c on c.oid = attrelid where attnum > 0 and not attisdropped and relkind in ('v', 'r')"
        " and relnamespace = 'caom2_ai_view'::regnamespace"
    )
    return {(row[0], row[1]): row[2] for row in rows}


def hidden(connection: Connection) -> set[tuple[str, str]]:
    """Give the columns that users do not see, twins of indexes and axes of nodes among them."""
    twins = connection.execute(
        "select attrelid::regclass::text, attname from pg_attribute join pg_description"
        " on objoid = attrelid and objsubid = attnum where description like 'twin:%'"
    )
    unseen = {column for column in stored(connection) if column[1] in UNSEEN or column[0] in INTERNAL}
    return unseen | set(twins.fetchall())


def test_tables_and_columns_are_those_of_the_database(connection: Connection, described: Described) -> None:
    """TS-01."""
    names = {(relation(table), column.strip('"').lower()) for table, column in described}
    assert len(names) == len(described)
    # A twin may be a column that users see, too.
    assert set(stored(connection)) - hidden(connection) <= names <= set(stored(connection))
    tables = {row[0] for row in connection.execute("select table_name from tap_schema.tables")}
    assert tables == {table for table, _ in described}


def test_types_are_those_of_the_database(connection: Connection, described: Described) -> None:
    types = stored(connection)
    for (table, column), (datatype, arraysize, xtype) in described.items():
        allowed = STORED_ARRAYS.get((datatype, arraysize or "")) or STORED[(datatype, xtype)]
        assert types[relation(table), column.strip('"').lower()] in allowed, (table, column)


def test_text_is_declared_as_long_as_the_database_lets_it_be(connection: Connection) -> None:
    rows = connection.execute(
        "select t.table_name, t.column_name, t.arraysize, a.atttypmod - 4 from tap_schema.columns t"
        " join pg_attribute a"
        " on a.attrelid = to_regclass(replace(lower(t.table_name), 'caom2.', 'caom2_ai_view.'))"
        " and a.attname = lower(t.column_name)"
        " where t.table_name like 'caom2.%' and a.atttypid = 'varchar'::regtype and t.arraysize <> '*'"
    ).fetchall()
    assert len(rows) > 20
    assert all(int(arraysize.rstrip("*")) >= longest for _, _, arraysize, longest in rows)


def test_no_name_is_a_reserved_word(described: Described) -> None:
    assert [name for name in described if name[1].lower() in RESERVED] == []
    assert [name for name in described if not name[1].strip('"').replace("_", "a").isalnum()] == []
    assert ("tap_schema.columns", '"size"') in described


def test_every_column_says_what_it_means(connection: Connection) -> None:
    query = "select table_name, column_name from tap_schema.columns where ucd is null"
    assert connection.execute(query).fetchall() == []
    # TAP 1.1 defines no utypes for its own tables.
    query = "select column_name from tap_schema.columns where utype is null and table_name not like 'tap%'"
    assert connection.execute(query).fetchall() == []


def test_units_and_ucds_are_legal(connection: Connection) -> None:
    rows = connection.execute("select table_name, column_name, unit, ucd from tap_schema.columns").fetchall()
    for table, column, unit, ucd in rows:
        if unit is not None:
            Unit(unit, format="vounit")
        assert ucd is None or check_ucd(ucd, check_controlled_vocabulary=True), (table, column, ucd)


def test_ts_02_size_is_the_number_of_arraysize(connection: Connection) -> None:
    rows = connection.execute(
        """select arraysize, "size" from tap_schema.columns where arraysize is not null"""
    ).fetchall()
    for arraysize, size in rows:
        assert size == (int(arraysize.rstrip("*")) if arraysize != "*" else None)


def test_every_table_and_column_has_a_description(connection: Connection) -> None:
    for query in (
        "select table_name, description from tap_schema.tables",
        "select table_name || '.' || column_name, description from tap_schema.columns",
    ):
        assert [name for name, words in connection.execute(query.encode()) if not words] == []


def test_indexed_columns_have_an_index(connection: Connection) -> None:
    """TS-03."""
    rows = connection.execute(
        "select table_name, column_name from tap_schema.columns where indexed = 1"
    ).fetchall()
    connection.execute("set enable_seqscan = off")
    without = [
        (table, column)
        for table, column in rows
        if (table, column) not in OTHERWISE and not finds_by_index(connection, relation(table), column)
    ]
    connection.execute("reset enable_seqscan")
    assert without == []


def finds_by_index(connection: Connection, view: str, column: str) -> bool:
    query = f"explain select from {view} where {column} = (select {column} from {view} limit 1)"
    plan = connection.execute(query.encode()).fetchall()
    return any("Index Cond" in line and "InitPlan" in line for (line,) in plan)


def test_array_columns_are_not_principal(connection: Connection) -> None:
    rows = connection.execute("select column_name, principal from tap_schema.columns where arraysize = '400'")
    assert dict(rows.fetchall()) == {"fingerprint": 0, "vector": 0}


def test_ts_04_keys_join_columns_that_exist(connection: Connection, described: Described) -> None:
    rows = connection.execute(
        "select from_table, from_column, target_table, target_column from tap_schema.keys"
        " join tap_schema.key_columns using (key_id)"
    ).fetchall()
    assert len(rows) > 30
    # What names a plane, a map or a node of another table leads there.
    led = {row[:2] for row in rows} | {("caom2_ai.map", "mapID"), ("caom2_ai.node", "node")}
    named = {place for place in described if place[0].startswith("caom2_ai.") and place[1] in NAMES}
    assert named <= led
    for from_table, from_column, target_table, target_column in rows:
        assert described[from_table, from_column][0] == described[target_table, target_column][0]
        connection.execute(
            f"select 1 from {relation(from_table)} a join {relation(target_table)} b"
            f" on a.{from_column} = b.{target_column} limit 1".encode()
        )
    query = "select key_id from tap_schema.keys except select key_id from tap_schema.key_columns"
    assert connection.execute(query).fetchall() == []


def test_rows_may_be_applied_again(database: Database) -> None:
    count = "select (select count(*) from tap_schema.columns), (select count(*) from tap_schema.key_columns)"
    with database.connect("owner") as owner:
        before = owner.execute(count).fetchone()
        for script in read_scripts("tap_schema") * 2:
            owner.execute(script.text.encode())
        assert owner.execute(count).fetchone() == before


def test_caom_columns_are_described_as_in_caom_2_4(connection: Connection, shared: Path) -> None:
    path = shared / "reference" / "caom2_columns.tsv"
    with path.open(newline="") as file:
        rows = [
            row for row in csv.DictReader(file, delimiter="\t") if "2.4" in row["caom_version"].split(",")
        ]
    caom = {(row["table_name"], row["column_name"]): row for row in rows}
    ours = connection.execute(
        "select table_name, column_name, datatype,"
        " coalesce(xtype, ''), coalesce(unit, ''), coalesce(utype, ''),"
        " indexed, principal, std from tap_schema.columns where table_name like 'caom2.%'"
    ).fetchall()
    assert len(ours) > 100
    for table, column, *words in ours:
        row = caom[table, column]
        names = ("datatype", "xtype", "unit", "utype", "indexed", "principal", "std")
        for name, word in zip(names, map(str, words), strict=True):
            if name in ("unit", "utype") and not row[name]:
                continue  # CAOM says nothing, we do
            same = {"unicodeChar": "char"}.get(word, word.removeprefix("caom2:") if name == "xtype" else word)
            assert same == row[name], (table, column, name)
