#include "server/app.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/host_port.h"
#include "base/stop.h"
#include "identity/resolve.h"
#include "server/decisions/desk.h"
#include "server/edge/grpc_server.h"
#include "server/edge/listener_probe.h"
#include "server/home.h"
#include "server/ingest/lanes.h"
#include "server/normalize/tables.h"
#include "server/notify.h"
#include "server/observe/metrics_server.h"
#include "server/observe/readiness.h"
#include "server/quality/quality_keeper.h"
#include "server/quality/quality_meter.h"
#include "server/registry/quarantine_keeper.h"
#include "server/registry/schema_loader.h"
#include "server/registry/usage_keeper.h"
#include "server/registry/usage_meter.h"
#include "server/schema/catalog.h"
#include "server/version.h"
#include "server/workers/activity_keeper.h"
#include "server/workers/directory_watch.h"
#include "server/workers/partition_keeper.h"
#include "server/workers/periodic_task.h"

namespace selfsame::server {
namespace {

constexpr const char* kServerRole = "selfsame_app";
// Few threads serve all tenants: a row that another session holds must not stop them.
constexpr std::chrono::seconds kLockWait{5};
constexpr std::chrono::hours kPartitionInterval{1};
constexpr std::chrono::seconds kActivityInterval{5};
constexpr std::chrono::seconds kSlowCallsInterval{1};
constexpr std::chrono::seconds kUsageInterval{2};
constexpr std::chrono::seconds kQualityInterval{2};
constexpr std::chrono::seconds kQuarantineInterval{10};
// What is left of drain_wait when work is given up, so that its callers can still be answered.
constexpr std::chrono::milliseconds kAnswerWait{2'000};
// How much longer than drain_wait a stop may take: for statements that cannot be interrupted, and
// for a private PostgreSQL to end. Then the process ends itself.
constexpr std::chrono::milliseconds kStopSlack{10'000};
constexpr int kStopOverdue = 1;  // The exit code.

// Reasons a call as a whole can be refused for: the closed set of the metric's label.
constexpr std::string_view kRefusalReasons[] = {"API_KEY_REQUIRED",
                                                "API_KEY_UNKNOWN",
                                                "SCOPE_MISSING",
                                                "NOT_READY",
                                                "TENANT_UNAVAILABLE",
                                                "REQUEST_MALFORMED",
                                                "RECORDS_REQUIRED",
                                                "TOO_MANY_RECORDS",
                                                "QUEUE_FULL",
                                                "CALLS_BUSY",
                                                "REQUEST_TOO_SLOW",
                                                "SHUTTING_DOWN",
                                                "CALL_ABANDONED",
                                                "DATABASE_UNAVAILABLE",
                                                "DATABASE_READ_ONLY",
                                                "DATABASE_DISK_FULL",
                                                "DATABASE_TOO_MANY_CONNECTIONS",
                                                "DATABASE_STARTING",
                                                "PROFILE_NOT_FOUND",
                                                "READS_BUSY",
                                                "PROFILE_REQUIRED",
                                                "PROFILE_ID_MALFORMED",
                                                "PAGE_TOKEN_MALFORMED",
                                                "PAGE_SIZE_OUT_OF_RANGE",
                                                "STATEMENT_TIMEOUT",
                                                "LOCK_TIMEOUT",
                                                "SERIALIZATION",
                                                "DESCRIPTOR_SET_INVALID",
                                                "MESSAGE_UNKNOWN",
                                                "SCHEMA_NAME_RESERVED",
                                                "SCHEMA_REFUSED",
                                                "SCHEMA_UNKNOWN",
                                                "SCHEMA_RETIRED",
                                                "SCHEMA_IN_USE",
                                                "SCHEMA_LIMIT_EXCEEDED",
                                                "VOCABULARY_LIMIT_EXCEEDED",
                                                "SCHEMA_UNREADABLE",
                                                "VOCABULARY_UNKNOWN",
                                                "FIELDS_INVALID",
                                                "FIELD_REQUIRED",
                                                "FIELD_UNKNOWN",
                                                "SOURCE_UNKNOWN",
                                                "TIME_OUT_OF_RANGE",
                                                "OUT_OF_RANGE",
                                                "TOO_LONG",
                                                "TOO_MANY_IDS",
                                                "QUARANTINE_UNKNOWN",
                                                "QUARANTINE_ID_MALFORMED",
                                                "KEY_CHANGED",
                                                "KIND_CHANGED",
                                                "RECORD_MALFORMED",
                                                "PATCH_NUMBER_TAKEN",
                                                "SELECTOR_REQUIRED",
                                                "REASON_REQUIRED",
                                                "REVISION_MISMATCH",
                                                "MERGE_REFUSED",
                                                "HISTORY_NOT_FOUND",
                                                "OPERATION_NOT_FOUND",
                                                "UNMERGE_EMPTY",
                                                "UNMERGE_NOT_ONE_PROFILE",
                                                "SAME_IDENTIFIER",
                                                "DECISIONS_BUSY",
                                                "RULESET_NOT_IN_FORCE",
                                                "RULESET_SETTLING",
                                                "RULESET_CHANGED",
                                                "RULESET_UNKNOWN",
                                                "PROFILE_TOO_LARGE",
                                                "TIME_MALFORMED",
                                                "ID_MALFORMED",
                                                "TOO_MANY_IDENTIFIERS",
                                                "NOT_ONE_PROFILE",
                                                "ATTRIBUTE_REQUIRED",
                                                "NOTHING_TO_DRAW",
                                                "TOO_MANY_STRATA",
                                                "TOO_MANY_RECEIPTS",
                                                "AUDIT_UNKNOWN",
                                                "SAMPLE_UNKNOWN"};

const std::string_view kEdgeRefusals[] = {
    identity::RefusalName(identity::Refusal::kUniqueConflict),
    identity::RefusalName(identity::Refusal::kLimitExceeded),
    identity::RefusalName(identity::Refusal::kComponentLimit),
    identity::RefusalName(identity::Refusal::kCannotLink),
    identity::RefusalName(identity::Refusal::kSharedIdentifier),
    identity::RefusalName(identity::Refusal::kBlockedValue),
    identity::RefusalName(identity::Refusal::kTooManyRefused)};

observe::MetricsOptions MetricsOptionsOf(const Config& config) {
  return {.rejection_reasons = ingest::kReasons,
          .quarantine_reasons = ingest::kReasons,
          .request_refusal_reasons = kRefusalReasons,
          .edge_refusal_reasons = kEdgeRefusals,
          .queue_rows_max = static_cast<std::int64_t>(config.lanes.queue_rows_max),
          .lanes = static_cast<std::size_t>(config.lanes.lanes) + 1,
          .version = kVersion,
          .commit = kCommit,
          .started_at = Now()};
}

pg::SessionOptions Sessions(const Config& config, const std::string& url, const char* name) {
  return {.url = url,
          .role = kServerRole,
          .application_name = name,
          .connect_wait = config.connect_wait,
          .statement_wait = config.statement_wait,
          .lock_wait = kLockWait};
}

}  // namespace

// In the order of construction; destroyed in reverse.
struct App::Parts {
  Parts(const Config& config, const observe::Logger& log, std::function<void()> on_deaf,
        observe::Barrier::Before before)
      : config(config),
        log(log),
        on_deaf(std::move(on_deaf)),
        metrics(MetricsOptionsOf(config)),
        barrier(metrics, log, std::move(before)) {}

  Status StartServing();
  // What works on the database for callers: lanes, read pool and desk.
  Status StartCommitting(const pg::BulkOptions& bulk);
  void StartKeepers();
  Status PublishEndpoint();
  void Stop();
  void StopInOrder();
  std::jthread WatchStop(const StopSignal& is_stopped) const;
  // What the watch of the database found out, for all who ask.
  void SetStanding(observe::Standing standing);

  const Config config;
  const observe::Logger& log;
  const std::function<void()> on_deaf;
  observe::Metrics metrics;
  StopLimit stop_limit;
  const observe::Barrier barrier;
  observe::Readiness readiness{metrics, log};
  std::unique_ptr<Home> home;
  Snapshot<storage::Directory> directory{nullptr};
  Snapshot<schema::Catalog> catalog{
      std::make_shared<const schema::Catalog>(std::vector<schema::Schema>())};
  registry::SchemaLoader schema_loader{catalog, log};
  registry::UsageMeter usage;
  quality::QualityMeter quality{metrics.quality};
  std::unique_ptr<observe::MetricsServer> metrics_server;
  edge::Gate gate;
  std::unique_ptr<ingest::LaneContext> lane_context;
  std::unique_ptr<ingest::Lanes> lanes;
  std::unique_ptr<edge::ReadPool> reads;
  std::unique_ptr<decisions::Desk> desk;
  std::unique_ptr<edge::EdgeContext> edge_context;
  std::unique_ptr<edge::GrpcServer> grpc_server;
  std::unique_ptr<edge::ListenerProbe> listener_probe;
  std::unique_ptr<workers::PeriodicTask> probe_task;
  std::unique_ptr<workers::PeriodicTask> slow_calls_task;
  std::unique_ptr<workers::DirectoryWatch> directory_watch;
  std::unique_ptr<workers::PeriodicTask> directory_task;
  std::unique_ptr<workers::PeriodicTask> partition_task;
  std::unique_ptr<workers::ActivityKeeper> activity_keeper;
  std::unique_ptr<workers::PeriodicTask> activity_task;
  std::unique_ptr<registry::UsageKeeper> usage_keeper;
  std::unique_ptr<workers::PeriodicTask> usage_task;
  std::unique_ptr<quality::QualityKeeper> quality_keeper;
  std::unique_ptr<workers::PeriodicTask> quality_task;
  std::unique_ptr<registry::QuarantineKeeper> quarantine_keeper;
  std::unique_ptr<workers::PeriodicTask> quarantine_task;
  std::jthread table_builder;
};

Status App::Parts::StartServing() {
  SELFSAME_ASSIGN_OR_RETURN(const HostPort metrics_at, ParseHostPort(config.metrics_listen));
  SELFSAME_ASSIGN_OR_RETURN(metrics_server,
                            observe::MetricsServer::Start(metrics, {.host = metrics_at.host,
                                                                    .port = metrics_at.port,
                                                                    .barrier = &barrier,
                                                                    .readiness = &readiness}));
  pg::SessionOptions lane_options = Sessions(config, home->database_url(), "selfsamed lane");
  lane_options.lock_wait = config.lanes.lock_wait;
  SELFSAME_ASSIGN_OR_RETURN(std::string bulk_connection, pg::ConnectionString(lane_options));
  const pg::BulkOptions bulk{.connection_string = std::move(bulk_connection),
                             .connect_wait = config.connect_wait,
                             .statement_wait = config.statement_wait,
                             .stop = &stop_limit};
  SELFSAME_RETURN_IF_ERROR(StartCommitting(bulk));
  edge_context = std::make_unique<edge::EdgeContext>(
      edge::EdgeContext{.directory = directory,
                        .catalog = catalog,
                        .usage = usage,
                        .quality = config.quality_measures ? &quality : nullptr,
                        .quarantine_days = config.quarantine,
                        .lanes = *lanes,
                        .metrics = metrics,
                        .log = log,
                        .gate = gate,
                        .barrier = barrier,
                        .readiness = &readiness});
  SELFSAME_RETURN_IF_ERROR(ToStatus(ParseHostPort(config.listen)));
  SELFSAME_ASSIGN_OR_RETURN(grpc_server,
                            edge::GrpcServer::Start(config.listen, *edge_context, *reads, *desk));
  listener_probe =
      std::make_unique<edge::ListenerProbe>(grpc_server->address(), metrics, log, on_deaf);
  probe_task = std::make_unique<workers::PeriodicTask>(config.probe_interval, barrier,
                                                       [this] { listener_probe->Pass(); });
  slow_calls_task = std::make_unique<workers::PeriodicTask>(
      kSlowCallsInterval, barrier, [this] { grpc_server->RefuseSlowCalls(); });
  // Beside the rest: it takes about a second, and only the first country or language would wait.
  table_builder = std::jthread([this] {
    const Status built =
        barrier.Run(observe::Entry::kTask, "", [] { return normalize::BuildTables(); });
    if (!built.ok())
      log.Warn("no country or language names",
               {{"reason", built.error().reason}, {"what", built.error().message}});
  });
  directory_watch = std::make_unique<workers::DirectoryWatch>(
      workers::DirectoryWatchContext{
          .database = Sessions(config, home->database_url(), "selfsamed watch"),
          .master_key = home->master_key(),
          .directory = directory,
          .metrics = metrics,
          .log = log,
          .allows_fsync_off = config.allow_fsync_off},
      [this](pg::Session& session) { return schema_loader.Refresh(session); },
      [this](observe::Standing standing) { SetStanding(std::move(standing)); });
  directory_task = std::make_unique<workers::PeriodicTask>(config.directory_refresh, barrier,
                                                           [this] { directory_watch->Pass(); });
  partition_task = std::make_unique<workers::PeriodicTask>(
      kPartitionInterval, barrier, [this, bulk] { workers::KeepPartitions(bulk, log); });
  StartKeepers();
  return {};
}

Status App::Parts::StartCommitting(const pg::BulkOptions& bulk) {
  lane_context = std::make_unique<ingest::LaneContext>(
      ingest::LaneContext{.limits = config.lanes,
                          .database = bulk,
                          .metrics = metrics,
                          .log = log,
                          .counts_quality = config.quality_measures,
                          .stop = &stop_limit,
                          .barrier = barrier});
  lanes = std::make_unique<ingest::Lanes>(*lane_context);
  reads = std::make_unique<edge::ReadPool>(
      edge::ReadPoolOptions{.database = Sessions(config, home->database_url(), "selfsamed read"),
                            .threads = config.read_threads,
                            .queue_reads_max = config.read_queue_max,
                            .stop = &stop_limit},
      barrier);
  pg::BulkOptions decisions_bulk = bulk;
  SELFSAME_ASSIGN_OR_RETURN(
      decisions_bulk.connection_string,
      pg::ConnectionString(Sessions(config, home->database_url(), "selfsamed decisions")));
  desk = std::make_unique<decisions::Desk>(decisions_bulk, barrier);
  return {};
}

void App::Parts::StartKeepers() {
  activity_keeper = std::make_unique<workers::ActivityKeeper>(workers::ActivityKeeperContext{
      .database = Sessions(config, home->database_url(), "selfsamed activity"),
      .directory = directory,
      .metrics = metrics,
      .log = log});
  activity_task = std::make_unique<workers::PeriodicTask>(kActivityInterval, barrier,
                                                          [this] { activity_keeper->Pass(Now()); });
  usage_keeper = std::make_unique<registry::UsageKeeper>(
      Sessions(config, home->database_url(), "selfsamed usage"), usage, catalog, log);
  usage_task = std::make_unique<workers::PeriodicTask>(kUsageInterval, barrier,
                                                       [this] { usage_keeper->Pass(); });
  if (config.quality_measures) {
    quality_keeper = std::make_unique<quality::QualityKeeper>(quality::QualityKeeperContext{
        .database = Sessions(config, home->database_url(), "selfsamed quality"),
        .meter = quality,
        .directory = directory,
        .metrics = metrics,
        .log = log,
        .data_dir = config.data_dir});
    quality_task = std::make_unique<workers::PeriodicTask>(kQualityInterval, barrier,
                                                           [this] { quality_keeper->Pass(Now()); });
  }
  quarantine_keeper = std::make_unique<registry::QuarantineKeeper>(
      Sessions(config, home->database_url(), "selfsamed quarantine"), config.quarantine, directory,
      metrics, log);
  quarantine_task = std::make_unique<workers::PeriodicTask>(
      kQuarantineInterval, barrier, [this] { quarantine_keeper->Pass(Now()); });
}

Status App::Parts::PublishEndpoint() {
  SELFSAME_ASSIGN_OR_RETURN(HostPort metrics_at, ParseHostPort(config.metrics_listen));
  metrics_at.port = metrics_server->port();
  const std::string metrics_text = HostPortText(metrics_at);
  log.Info("listening", {{"grpc", grpc_server->address()},
                         {"metrics", metrics_text},
                         {"version", kVersion},
                         {"commit", kCommit}});
  return home->Publish(grpc_server->address(), metrics_text);
}

// A private PostgreSQL that has ended looks like any database that is away: its end says more.
void App::Parts::SetStanding(observe::Standing standing) {
  const std::optional<Error> trouble = home->Trouble();
  // While it starts again, the database itself says more.
  if (trouble && standing.reason == "DATABASE_UNAVAILABLE") {
    if (trouble->reason == observe::kDatabaseDiskFull) standing.reason = trouble->reason;
    standing.message = trouble->message;
  }
  const bool is_ready = standing.is_ready();
  const std::string status = standing.reason + ": " + standing.message;
  if (readiness.Set(std::move(standing))) NotifySupervisor("STATUS=" + status);
  grpc_server->SetServing(is_ready);
}

// Ends the process should a stop hang: the records that were answered are committed, and those that
// were not are sent again by their clients, as after any crash.
std::jthread App::Parts::WatchStop(const StopSignal& is_stopped) const {
  return std::jthread([this, &is_stopped] {
    if (is_stopped.WaitFor(config.drain_wait + kStopSlack)) return;
    log.Error("the stop takes too long; the process ends now",
              {{"drain_wait_ms", config.drain_wait.count()}});
    std::_Exit(kStopOverdue);
  });
}

void App::Parts::Stop() {
  StopSignal is_stopped;
  const std::jthread watch = WatchStop(is_stopped);
  StopInOrder();
  is_stopped.Set();
}

void App::Parts::StopInOrder() {
  if (home != nullptr) home->Withdraw();
  directory_task.reset();  // First: it would say SERVING again.
  readiness.Set(
      {.reason = std::string(observe::kShuttingDown), .message = "the server is stopping"});
  probe_task.reset();
  slow_calls_task.reset();
  partition_task.reset();
  activity_task.reset();
  quarantine_task.reset();
  stop_limit.Set(Deadline::After(config.drain_wait - std::min(kAnswerWait, config.drain_wait / 4)));
  if (grpc_server != nullptr) grpc_server->Stop(config.drain_wait);
  if (lanes != nullptr) lanes->Stop();
  if (reads != nullptr) reads->Stop();
  usage_task.reset();
  quality_task.reset();
  // What the last calls said.
  (void)barrier.Run(observe::Entry::kTask, "", [this] {
    if (quality_keeper != nullptr) quality_keeper->Pass(Now());
  });
  (void)barrier.Run(observe::Entry::kTask, "", [this] {
    if (usage_keeper != nullptr) usage_keeper->Pass();
  });
  if (desk != nullptr) desk->Stop();
  grpc_server.reset();
  metrics_server.reset();
  if (home != nullptr) home->Stop();
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

App::~App() { Stop(); }

Result<std::unique_ptr<App>> App::Start(const Config& config, const observe::Logger& log,
                                        std::function<void()> on_deaf,
                                        observe::Barrier::Before before, const StopSignal* stop) {
  // Protobuf would print what it cannot parse, in its own format; callers get violations instead.
  google::protobuf::SetLogHandler(nullptr);
  SELFSAME_RETURN_IF_ERROR(CheckConfig(config));
  std::unique_ptr<App> app(
      new App(std::make_unique<Parts>(config, log, std::move(on_deaf), std::move(before))));
  Parts& parts = *app->parts_;
  SELFSAME_ASSIGN_OR_RETURN(
      parts.home,
      Home::Open({.config = parts.config, .log = log, .metrics = parts.metrics, .stop = stop}));
  SELFSAME_RETURN_IF_ERROR(app->parts_->StartServing());
  SELFSAME_RETURN_IF_ERROR(app->parts_->PublishEndpoint());
  return app;
}

void App::Supervise() {
  (void)parts_->barrier.Run(observe::Entry::kTask, "", [this] { parts_->home->Supervise(); });
}

void App::Stop() {
  if (parts_ == nullptr) return;
  parts_->Stop();
  parts_.reset();
}

}  // namespace selfsame::server
