// Why a server serves or does not: the closed set of reasons that health, /readyz, the metric, the
// log, alerts and refused callers share.
#ifndef SELFSAME_SERVER_OBSERVE_STANDING_H_
#define SELFSAME_SERVER_OBSERVE_STANDING_H_

#include <array>
#include <string>
#include <string_view>

namespace selfsame::observe {

inline constexpr std::string_view kReady = "READY";
inline constexpr std::string_view kStarting = "STARTING";  // The database was not looked at yet.
inline constexpr std::string_view kShuttingDown = "SHUTTING_DOWN";
inline constexpr std::string_view kMigrationsPending = "MIGRATIONS_PENDING";
inline constexpr std::string_view kDatabaseStandby = "DATABASE_STANDBY";
inline constexpr std::string_view kDatabaseDiskFull = "DATABASE_DISK_FULL";
inline constexpr std::string_view kDatabaseNotDurable = "DATABASE_NOT_DURABLE";

// What the watch of the database can find, docs/OPERATING.md explains each. Others count as OTHER.
inline constexpr std::array<std::string_view, 17> kReadyReasons = {kReady,
                                                                   kStarting,
                                                                   kShuttingDown,
                                                                   kMigrationsPending,
                                                                   kDatabaseStandby,
                                                                   kDatabaseDiskFull,
                                                                   kDatabaseNotDurable,
                                                                   "DATABASE_UNAVAILABLE",
                                                                   "DATABASE_STARTING",
                                                                   "DATABASE_TOO_MANY_CONNECTIONS",
                                                                   "DATABASE_READ_ONLY",
                                                                   "DATABASE_MISSING",
                                                                   "DATABASE_LOGIN_REFUSED",
                                                                   "DATABASE_ERROR",
                                                                   "STATEMENT_TIMEOUT",
                                                                   "LOCK_TIMEOUT",
                                                                   "MASTER_KEY_WRONG"};

struct Standing {
  std::string reason{kStarting};
  std::string message = "the server has not looked at its database yet";  // For people.

  bool is_ready() const { return reason == kReady; }
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_STANDING_H_
