#pragma once
/* Database: one SQLite file of ours: opened with the settings by which what is committed stays.
 *
 * Durability   a commit that came back true is on disk: WAL, synchronous=FULL. Whatever ends the process
 *              leaves the file as the last commit had it.
 * Trust        the file may come from others: its schema is taken for data (trusted_schema=OFF, defensive),
 *              texts are bounded (DATABASE_MAX_TEXT), and what does not read back is ERR_CORRUPT.
 * Threads      one at a time. Another process may read or write meanwhile: who wants to write waits
 *              DATABASE_WAIT_MS for the other's commit. */

#include "base/err.h"
#include "base/str.h"

#define DATABASE_MAX_TEXT ((size_t)64 * 1024 * 1024)
#define DATABASE_WAIT_MS  10000

typedef struct Database Database;
typedef struct sqlite3_stmt Statement;

typedef struct DatabaseKind {
    uint32_t application_id; /* what tells a file of this kind from other SQLite files */
    uint32_t version;        /* of the schema; a file with another one is refused */
    const char *name;        /* in messages: "rule store" */
    const char *schema;      /* SQL that makes the tables of a new file */
} DatabaseKind;

/* Begins as SQLite's files do. False also when it cannot be read. */
bool database_is_file(const char *path);

/* To read only, or also to write, which makes the file when it is not there. NULL on failure. */
Database *database_open(const char *path, bool writes, const DatabaseKind *kind,
                        Err *err) MUST_CHECK;
void database_close(Database *database); /* NULL is fine; what was not committed is gone */

/* Nothing that is read between begin and commit is changed by others. */
bool database_begin(Database *database, Err *err) MUST_CHECK;
bool database_commit(Database *database, Err *err) MUST_CHECK;

/* A statement of our own (wrong SQL is a bug), made once; the database frees it. NULL when the file lacks what it asks for. */
Statement *database_prepare(Database *database, const char *sql, Err *err) MUST_CHECK;
/* Parameters count from 1; texts are borrowed until the next database_next is done. */
void statement_set_i64(Statement *statement, int parameter, int64_t value);
void statement_set_text(Statement *statement, int parameter, Str text);
/* The next row, if any; after the last one the statement can be used anew, with its parameters cleared. */
bool database_next(Database *database, Statement *statement, bool *row, Err *err) MUST_CHECK;
/* A statement that gives no rows. */
bool database_run(Database *database, Statement *statement, Err *err) MUST_CHECK;
void statement_end(Statement *statement); /* no more rows are wanted */
int64_t database_last_id(const Database *database);

/* Of the row; columns count from 0. */
int64_t statement_i64(Statement *statement, int column);
bool statement_is_null(Statement *statement, int column);
Str statement_text(Statement *statement, Arena *arena,
                   int column); /* copied; what is no UTF-8 is empty */
