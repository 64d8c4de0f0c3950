#include "tests/bench/installation.h"

#include <fmt/format.h>

#include <pqxx/connection>
#include <pqxx/nontransaction>

#include "tests/bench/copy_load.h"

namespace selfsame::bench {
namespace {

constexpr const char* kCopyDatabase = "copy";
constexpr std::chrono::seconds kStartWait{30};
constexpr std::chrono::milliseconds kLookEvery{10};

std::uint64_t CountRows(pqxx::nontransaction& tx, const std::string& table) {
  return tx.exec1("SELECT count(*) FROM " + table)[0].as<std::uint64_t>();
}

}  // namespace

Result<std::unique_ptr<Installation>> Installation::Start(const std::string& program) {
  SELFSAME_ASSIGN_OR_RETURN(auto stage, Stage::Start(program));
  std::unique_ptr<Installation> made(new Installation(program, std::move(stage)));
  SELFSAME_RETURN_IF_ERROR(made->stage_->MakeDatabase(kCopyDatabase));
  SELFSAME_RETURN_IF_ERROR(made->StartAnswerServer());
  return made;
}

Status Installation::StartAnswerServer() {
  const std::string address_file = stage_->folder() + "/answer.address";
  answer_server_ = test::Program::Start({.arguments = {program_, "answer"},
                                         .output_path = address_file,
                                         .error_path = stage_->folder() + "/answer.log",
                                         .environment = {}});
  const Deadline deadline = Deadline::After(kStartWait);
  while (!answer_address_.ends_with('\n')) {
    answer_address_ = test::ReadWholeFile(address_file);
    if (answer_server_->AwaitExit(kLookEvery) || deadline.Expired()) {
      return Error{.reason = "ANSWER_SERVER_FAILED",
                   .message = "the answering server does not start"};
    }
  }
  answer_address_.pop_back();
  return {};
}

void Installation::MakeCopyTables(const std::string& suffix) {
  if (!copy_suffixes_.insert(suffix).second) return;
  pqxx::connection connection(stage_->DatabaseUrl(kCopyDatabase));
  pqxx::nontransaction tx(connection);
  for (const char* table : {"receipts", "records"}) {
    tx.exec(fmt::format("CREATE TABLE {0}_{1} (LIKE {0} INCLUDING ALL)", table, suffix));
  }
}

Result<Slice> Installation::Copy(const Case& what, const SliceOptions& options) {
  const std::string suffix = fmt::format("by_{}", what.sessions);
  MakeCopyTables(suffix);
  SELFSAME_ASSIGN_OR_RETURN(std::string connection,
                            pg::ConnectionString({.url = stage_->DatabaseUrl(kCopyDatabase),
                                                  .application_name = "bench copy"}));
  return RunCopy({.connection_string = std::move(connection),
                  .receipts_table = "receipts_" + suffix,
                  .records_table = "records_" + suffix,
                  .sessions = what.sessions,
                  .first_number = options.first_number,
                  .run_in_seconds = options.run_in_seconds,
                  .seconds = options.seconds,
                  .watched = {.postmaster = stage_->watched().postmaster},
                  .seed = options.seed});
}

Status Installation::MeetKnownCustomers(std::uint64_t seed) {
  return ToStatus(stage_->Load({.address = stage_->server().grpc_address(),
                                .shape = {.is_stream = true, .records = 100},
                                .people = kNumberedPeople,
                                .records_exactly = kKnownCustomers,
                                .seed = seed}));
}

Result<Slice> Installation::Measure(const Case& what, const SliceOptions& options) {
  if (what.target == Target::kCopy) return Copy(what, options);
  test::ServerProcess* const ours = what.target == Target::kSelfsame ? &stage_->server()
                                    : what.target == Target::kUnmeasured
                                        ? &stage_->unmeasured_server()
                                        : nullptr;
  return stage_->Load({.address = ours != nullptr ? ours->grpc_address() : answer_address_,
                       .shape = what.shape,
                       .people = what.people,
                       .first_number = options.first_number,
                       .run_in_seconds = options.run_in_seconds,
                       .seconds = options.seconds,
                       .watched = ours != nullptr ? stage_->WatchedOf(*ours)
                                                  : Watched{.server = answer_server_->pid()},
                       .seed = options.seed});
}

Stored Installation::Count() const {
  pqxx::connection connection(stage_->DatabaseUrl());
  pqxx::nontransaction tx(connection);
  Stored stored{.receipts = CountRows(tx, "receipts"),
                .records = CountRows(tx, "records"),
                .profiles = CountRows(tx, "profiles")};
  pqxx::connection copies(stage_->DatabaseUrl(kCopyDatabase));
  pqxx::nontransaction copies_tx(copies);
  for (const std::string& suffix : copy_suffixes_) {
    stored.copied_receipts += CountRows(copies_tx, "receipts_" + suffix);
    stored.copied_records += CountRows(copies_tx, "records_" + suffix);
  }
  return stored;
}

}  // namespace selfsame::bench
