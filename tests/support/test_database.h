// A migrated database of its own for every test, on one private PostgreSQL a test process. The
// first costs some two seconds, each further one a tenth of that: it is cloned from a template.
#ifndef SELFSAME_TESTS_SUPPORT_TEST_DATABASE_H_
#define SELFSAME_TESTS_SUPPORT_TEST_DATABASE_H_

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "base/ids.h"
#include "base/result.h"
#include "storage/master_key.h"
#include "storage/pg/session.h"

namespace selfsame::test {

// The value of a step that a test needs but does not test; ends the process where there is none.
template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) {
    fmt::print(stderr, "{}: {}\n", result.error().reason, result.error().message);
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

struct SeededTenant {
  TenantId tenant;
  std::string name;
  Shard shard;
  SourceId source;
  std::string source_name;
  std::string api_key;  // With every scope.
};

// Owned by the thread that made it. Create the first on the main thread: PostgreSQL ends with the
// thread that started it.
class TestDatabase {
 public:
  static std::unique_ptr<TestDatabase> Create();
  // Under the master key of another, so that secrets sealed there open here.
  static std::unique_ptr<TestDatabase> CreateWithKeyOf(const TestDatabase& other);
  // Without a single table, for tests of the migrations themselves.
  static std::unique_ptr<TestDatabase> CreateEmpty();

  // Drops it, with whatever is still connected.
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // As the owner, a superuser: past row-level security.
  const std::string& url() const { return url_; }
  pg::Session& owner() { return *owner_; }

  // Connected anew; as servers are with role "selfsame_app", as the owner with "".
  std::unique_ptr<pg::Session> NewSession(const std::string& role) const;

  // A tenant with one source, "web", and an API key.
  SeededTenant SeedTenant(const std::string& name);
  const storage::MasterKey& master_key() const { return master_key_; }

  // Runs a statement that is refused within a transaction, such as ALTER SYSTEM. What it changes
  // all databases of this process share.
  static void Administer(const std::string& sql);

  // What PostgreSQL has logged so far, of all databases of this process.
  static std::string ServerLog();

 private:
  TestDatabase(const std::string& template_name, const storage::MasterKey& master_key);

  const std::string name_;
  const std::string url_;
  const storage::MasterKey master_key_;
  std::unique_ptr<pg::Session> owner_;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_TEST_DATABASE_H_
