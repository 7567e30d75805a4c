import type { Migration } from './migrate.ts'

/** The schema of journal.db. Migrations add; none of them may touch a row of `journal` or `heads` (AU-10). */
export const journalMigrations: readonly Migration[] = [
  {
    version: 1,
    up: (database) =>
      database.exec(`
        CREATE TABLE journal (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
        CREATE TABLE heads (
          size INTEGER PRIMARY KEY,
          hash TEXT NOT NULL,
          root TEXT NOT NULL,
          at INTEGER NOT NULL,
          signature TEXT,
          peaks TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER journal_keeps_records BEFORE UPDATE ON journal
          BEGIN SELECT RAISE(ABORT, 'a journal record never changes'); END;
        CREATE TRIGGER journal_drops_no_record BEFORE DELETE ON journal
          BEGIN SELECT RAISE(ABORT, 'a journal record is never deleted'); END;
        CREATE TRIGGER journal_keeps_heads BEFORE UPDATE ON heads
          BEGIN SELECT RAISE(ABORT, 'a signed head never changes'); END;
        CREATE TRIGGER journal_drops_no_head BEFORE DELETE ON heads
          BEGIN SELECT RAISE(ABORT, 'a signed head is never deleted'); END;
      `),
  },
  {
    version: 2,
    up: (database) =>
      database.exec(`
        CREATE TABLE projections (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
        CREATE TABLE snapshots (
          name TEXT PRIMARY KEY,
          seq INTEGER NOT NULL,
          hash TEXT NOT NULL,
          state TEXT NOT NULL,
          checksum TEXT NOT NULL
        ) STRICT;
      `),
  },
]
