/* tests/bench/append.c: what a node's appends are measured against: SQLite, one client, a commit a row, with rows like
 * those of a reading: header, act, leaf, and the row that is projected from it. Prints rows a second.
 *
 *     append FOLDER ROWS */
#include "base/error.h"
#include <glib.h>
#include <sqlite3.h>
#include <stdio.h>

#define HEADER 560
#define ACT 520

static void check(sqlite3 *db, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        g_error("%s", sqlite3_errmsg(db));
}

static void step(sqlite3 *db, sqlite3_stmt *statement)
{
    check(db, sqlite3_step(statement));
    check(db, sqlite3_reset(statement));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    check(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
    return statement;
}

static void write_rows(sqlite3 *db, gint64 rows)
{
    char header[HEADER + 1], act[ACT + 1], leaf[65];
    sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT");
    sqlite3_stmt *record = prepare(db, "INSERT INTO record VALUES (1, ?, ?, ?, ?)");
    sqlite3_stmt *reading = prepare(db, "INSERT INTO reading VALUES (?, ?, 'opened', ?)");
    for (gint64 n = 0; n < rows; n++) {
        g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, n);
        g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
        g_snprintf(leaf, sizeof leaf, "%s", hash);
        g_snprintf(header, sizeof header, "%s%0*d", hash, HEADER - 64, 0);
        g_snprintf(act, sizeof act, "%s%0*d", hash, ACT - 64, 0);
        step(db, begin);
        check(db, sqlite3_bind_int64(record, 1, n));
        check(db, sqlite3_bind_text(record, 2, leaf, -1, SQLITE_STATIC));
        check(db, sqlite3_bind_text(record, 3, header, -1, SQLITE_STATIC));
        check(db, sqlite3_bind_text(record, 4, act, -1, SQLITE_STATIC));
        step(db, record);
        check(db, sqlite3_bind_text(reading, 1, leaf, -1, SQLITE_STATIC));
        check(db, sqlite3_bind_text(reading, 2, act, 64, SQLITE_STATIC));
        check(db, sqlite3_bind_int64(reading, 3, n));
        step(db, reading);
        step(db, commit);
    }
    sqlite3_stmt *all[] = {begin, commit, record, reading};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        sqlite3_finalize(all[i]);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    gint64 rows = g_ascii_strtoll(argv[2], NULL, 10);
    g_autofree char *path = g_build_filename(argv[1], "append.db", NULL);
    sqlite3 *db = NULL;
    check(db, sqlite3_open(path, &db));
    check(db, sqlite3_exec(db,
                           "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                           "CREATE TABLE record (feed INTEGER, seq INTEGER, leaf TEXT, header TEXT, act TEXT,"
                           " PRIMARY KEY (feed, seq)) WITHOUT ROWID; CREATE INDEX by_leaf ON record (leaf);"
                           "CREATE TABLE reading (id TEXT PRIMARY KEY, exhibit TEXT, what TEXT, time INTEGER)",
                           NULL, NULL, NULL));
    gint64 began = g_get_monotonic_time();
    write_rows(db, rows);
    printf("%.1f\n", (double)rows * G_TIME_SPAN_SECOND / (double)(g_get_monotonic_time() - began));
    check(db, sqlite3_close(db));
    return 0;
}
