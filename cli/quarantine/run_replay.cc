// `selfsame quarantine replay` and `discard`: what goes through all records that are meant.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/connect.h"
#include "cli/import/progress.h"
#include "cli/quarantine/pages.h"
#include "cli/quarantine/quarantine_text.h"
#include "cli/quarantine/run_quarantine.h"
#include "cli/signals.h"

namespace selfsame::cli {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPageWait{60};
constexpr std::chrono::seconds kGiveUpAfter{60};

// What a loop over pages works with.
struct Sweep {
  Client client;
  quarantine::v1::Selector selector;
  std::uint64_t records = 0;  // How many there are before it begins: for the progress.
};

Result<Sweep> Prepare(const Settings& settings, const SelectorOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(quarantine::v1::Selector selector, ToSelector(options));
  SELFSAME_ASSIGN_OR_RETURN(Client client, Connect(settings));
  quarantine::v1::CountRequest request;
  *request.mutable_selector() = selector;
  SELFSAME_ASSIGN_OR_RETURN(const auto counts,
                            client.CountQuarantine(request, Deadline::After(kCallWait)));
  return Sweep{.client = std::move(client), .selector = selector, .records = counts.records()};
}

// All of the quarantine is never discarded by leaving something out.
Result<Sweep> PrepareDiscard(const Settings& settings, const SelectorOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(Sweep sweep, Prepare(settings, options));
  if (!IsEmpty(sweep.selector)) return sweep;
  return Error{ErrorCode::kInvalidArgument, "SELECTOR_EMPTY",
               "which records? give at least one condition, such as --source or --id"};
}

double Fraction(std::uint64_t done, std::uint64_t of) {
  return of == 0 ? 1 : std::min(1.0, static_cast<double>(done) / static_cast<double>(of));
}

// Goes through the pages, showing how far it is; `snapshot` says what has been done.
template <typename Page, typename Snapshot>
Status Run(const Output& output, const Sweep& sweep, const Page& page, const Snapshot& snapshot) {
  StopSignals signals;
  ProgressMeter meter(ProgressMeter::StyleOfStderr());
  const Clock::time_point start = Clock::now();
  const auto show = [&] {
    ProgressSnapshot now = snapshot();
    now.fraction = Fraction(now.rows_settled, sweep.records);
    now.elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - start);
    meter.Show(now);
  };
  const Status status = ForEachPage({.page = page,
                                     .interrupted =
                                         [&](milliseconds wait) {
                                           show();
                                           return signals.Await(wait);
                                         },
                                     .note =
                                         [&](const std::string& what) {
                                           meter.Clear();
                                           output.Note(what);
                                         }},
                                    kGiveUpAfter);
  meter.Clear();
  return status;
}

ExitCode ReportReplay(const Invocation& run, const ReplaySummary& summary, const Status& status) {
  if (run.output.is_json()) {
    run.output.Json(ReplayJson(summary));
  } else {
    run.output.Text(ReplayText(summary));
  }
  if (!status.ok()) return run.output.Fail(status.error());
  return summary.quarantined + summary.rejected > 0 ? ExitCode::kLeftOver : ExitCode::kDone;
}

}  // namespace

ExitCode RunQuarantineReplay(const Invocation& run, const ReplayOptions& options) {
  const auto sweep = Prepare(run.settings, options.selector);
  if (!sweep.ok()) return run.output.Fail(sweep.error());
  ReplaySummary summary{.dry_run = options.dry_run};
  quarantine::v1::ReplayRequest request;
  *request.mutable_selector() = sweep->selector;
  request.set_dry_run(options.dry_run);
  request.set_schema_version(options.schema_version);
  request.set_page_size(options.page_rows);
  const auto page = [&](const std::string& token) -> Result<std::string> {
    request.set_page_token(token);
    SELFSAME_ASSIGN_OR_RETURN(const auto response,
                              sweep->client.ReplayQuarantine(request, Deadline::After(kPageWait)));
    summary.Add(response);
    return response.next_page_token();
  };
  const auto snapshot = [&summary] {
    return ProgressSnapshot{.rows_settled = summary.records(),
                            .accepted = summary.accepted,
                            .duplicate = summary.duplicate,
                            .quarantined = summary.quarantined,
                            .rejected = summary.rejected};
  };
  const Status status = Run(run.output, *sweep, page, snapshot);
  summary.finished = status.ok();
  return ReportReplay(run, summary, status);
}

ExitCode RunQuarantineDiscard(const Invocation& run, const DiscardOptions& options) {
  const auto sweep = PrepareDiscard(run.settings, options.selector);
  if (!sweep.ok()) return run.output.Fail(sweep.error());
  std::uint64_t discarded = 0;
  quarantine::v1::DiscardRequest request;
  *request.mutable_selector() = sweep->selector;
  request.set_reason(options.reason_text);
  request.set_dry_run(options.dry_run);
  const auto page = [&](const std::string& token) -> Result<std::string> {
    request.set_page_token(token);
    SELFSAME_ASSIGN_OR_RETURN(const auto response,
                              sweep->client.DiscardQuarantine(request, Deadline::After(kPageWait)));
    discarded += response.discarded();
    return response.next_page_token();
  };
  const auto snapshot = [&] { return ProgressSnapshot{.rows_settled = discarded}; };
  const Status status = Run(run.output, *sweep, page, snapshot);
  if (run.output.is_json()) {
    run.output.Json(
        {{"dry_run", options.dry_run}, {"finished", status.ok()}, {"discarded", discarded}});
  } else {
    run.output.Text(fmt::format("{} {}{}\n", options.dry_run ? "would discard" : "discarded",
                                FormatCount(discarded), status.ok() ? "" : ", not finished"));
  }
  return status.ok() ? ExitCode::kDone : run.output.Fail(status.error());
}

}  // namespace selfsame::cli
