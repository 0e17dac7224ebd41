"""The boards of the cube's bench on DuckDB, over the same values in memory, warm.

    rival.py INDICATORS COMMUNES_IN_1000 FOLDER

Prints `case<TAB>microseconds` (the median) a line, and writes each board's answers to FOLDER/CASE.duckdb.
"""

import sys
import time

import duckdb

indicators, in_1000, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
db = duckdb.connect()
started = time.perf_counter()
db.execute(
    f"""
    CREATE TABLE value AS
    SELECT i::SMALLINT AS indicator, m::SMALLINT AS month, c::SMALLINT AS commune,
        (c * 700 // 11000)::SMALLINT AS district,
        (c * 700 // 11000 * 63 // 700)::TINYINT AS province,
        ((i * 7919 + m * 104729 + c * 1299709) % 100003)::BIGINT AS tenths
    FROM range({indicators}) AS a(i), range(60) AS b(m), range(11000) AS d(c)
    WHERE c * 7 % 1000 < {in_1000}
    ORDER BY i, m, c
    """
)
print(f"build\t{int((time.perf_counter() - started) * 1e6)}")


def month(number):
    return f"{2020 + number // 12}-{number % 12 + 1:02}"


def quarter(number):
    return f"{2020 + number // 12}-Q{number % 12 // 3 + 1}"


flows = "indicator IN (0, 2)"
forty = "indicator < 40"
stocks = "indicator < 40 AND indicator % 2 = 1"
ends = ", ".join(str(number) for number in range(26, 60, 3))
by = {
    "province": lambda number: f"{number + 1:02}",
    "district": lambda number: f"{number + 1:03}",
    "commune": lambda number: f"{number + 1:05}",
    "country": lambda number: "VN",
}
boards = [
    ("2x12x63", flows, "month >= 48", "province", month),
    ("40x12x63", forty, "month >= 48", "province", month),
    ("40x36xcountry", forty, "month >= 24", "country", month),
    ("stocks 20x12x63", stocks, f"month IN ({ends})", "province", quarter),
    ("2x36x700", flows, "month >= 24", "district", month),
    ("one commune", "TRUE", "commune = 0", "commune", month),
]


def median(case, sql):
    db.execute(sql).fetchall()
    took, began = [], time.perf_counter()
    while len(took) < 5 or (len(took) < 101 and time.perf_counter() - began < 2):
        started = time.perf_counter()
        db.execute(sql).fetchall()
        took.append(time.perf_counter() - started)
    took.sort()
    print(f"{case}\t{took[len(took) // 2] * 1e6:.0f}", flush=True)


for case, which, when, unit, period in boards:
    column = "0" if unit == "country" else unit
    sql = f"""
        SELECT indicator, {column} AS unit, month, sum(tenths) FROM value
        WHERE {which} AND {when} GROUP BY indicator, unit, month
    """
    median(case, sql)
    lines = sorted(
        f"I{i:03}|{by[unit](u)}|{period(m)}|{tenths}" for i, u, m, tenths in db.execute(sql).fetchall()
    )
    with open(f"{folder}/{case}.duckdb", "w") as file:
        file.write("\n".join(lines) + "\n")

median(
    "league",
    "SELECT commune, tenths, rank() OVER (ORDER BY tenths DESC) FROM value WHERE indicator = 0 AND month = 59",
)
