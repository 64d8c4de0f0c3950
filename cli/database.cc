#include "cli/database.h"

namespace selfsame::cli {
namespace {

// A migration may rewrite a large table.
constexpr std::chrono::minutes kStatementWait{60};

}  // namespace

Result<std::unique_ptr<pg::Session>> ConnectAsOwner(const Settings& settings) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string url, settings.DatabaseUrl());
  return pg::Session::Connect(
      {.url = url, .application_name = "selfsame-cli", .statement_wait = kStatementWait});
}

}  // namespace selfsame::cli
