// Bringing a database to the shape this program needs: the files of migrations/, in order, each
// once. Forward only; how a change is split so that old and new programs both run across it is up
// to the files.
//
// Bookkeeping is the table schema_migrations. A file is applied in one transaction together with
// its row, so a crash leaves it applied or not, never half. Files that cannot run in a transaction
// (CREATE INDEX CONCURRENTLY) are not supported.
//
// The session of every function but AtHead is the owner's, connected directly rather than through
// a pooler: `up` holds a lock of its session.
//
// A file may take hours, but must not stop the servers: whoever waits for a table's lock makes all
// others wait behind it. So a file waits for locks a second at most, then gives back what it holds,
// lets the others pass and starts again (MigrationSession, lock_patience). How long it holds a lock
// once it has it is up to the file.
#ifndef SELFSAME_STORAGE_MIGRATIONS_H_
#define SELFSAME_STORAGE_MIGRATIONS_H_

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/embedded_file.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/session.h"

namespace selfsame::storage {

enum class MigrationState {
  kApplied,  // And still the file this program holds.
  kPending,
  kChanged,  // Applied, from a file that has been edited since.
  kUnknown,  // Applied by a program that knew more than this one.
};

// "applied", "pending", "drifted", "unknown": for people and `--output json`.
std::string_view MigrationStateName(MigrationState state);

struct MigrationStep {
  int version = 0;
  std::string name;  // Of the file: 0003_records.sql.
  MigrationState state = MigrationState::kPending;
  std::optional<TimeUs> applied_at;
  std::chrono::milliseconds duration{0};
};

struct MigrationReport {
  std::vector<MigrationStep> applied;  // By this run, in order; empty when there was nothing to do.
};

// A session for MigrateUp: plans for whole tables, no bound of a statement, a short one of a lock.
pg::SessionOptions MigrationSession(std::string url, std::string application_name);

struct MigrateOptions {
  std::function<TimeUs()> clock = Now;
  // How long locks that others hold are tried for, for each file.
  std::chrono::milliseconds lock_patience = std::chrono::minutes(30);
  // Before each file.
  std::function<void(const MigrationStep&)> on_started = [](const MigrationStep&) {};
  // Each time that a file (or, without a name, the turn to migrate) has to wait for a lock.
  std::function<void(const std::string& name)> on_waiting = [](const std::string&) {};
  // After each file's commit, on the caller's thread.
  std::function<void(const MigrationStep&)> on_applied = [](const MigrationStep&) {};
};

// Applies what is pending. Of concurrent runs one goes first and the others find nothing left.
// Requires: files named NNNN_topic.sql.
// Errors: kFailedPrecondition MIGRATION_CHANGED, MIGRATION_UNKNOWN or MIGRATION_GAP (one is
// pending below one that is applied), with the versions, and nothing is applied; or a file's own
// failure, or kUnavailable LOCK_TIMEOUT, and the files before it stay applied. May be retried: it
// goes on where it stopped.
Result<MigrationReport> MigrateUp(pg::Session& session, std::span<const EmbeddedFile> files,
                                  const MigrateOptions& options = {});

// Every version the files or the database know, in order. Changes nothing.
Result<std::vector<MigrationStep>> MigrationStatus(pg::Session& session,
                                                   std::span<const EmbeddedFile> files);

// Whether what was applied is what this program holds, and the catalog still what the newest
// applied migration left. Pending migrations are none of its business.
// Errors: as MigrateUp's; kFailedPrecondition SCHEMA_NOT_READY when none is applied,
// CATALOG_DRIFTED when someone changed tables, columns, constraints, indexes, policies, triggers,
// functions or grants by hand. (A new major version of PostgreSQL may also print them differently.)
Status VerifyMigrations(pg::Session& session, std::span<const EmbeddedFile> files);

// Whether the newest of the files has been applied, unchanged; a database that is further on will
// do. One cheap statement, for the health check; any role may ask.
Result<bool> AtHead(pg::Session& session, std::span<const EmbeddedFile> files);
// The same for the migrations this program was built with.
Result<bool> AtHead(pg::Session& session);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_MIGRATIONS_H_
