#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/bench/identity_run.h"
#include "tests/bench/median.h"

namespace selfsame::bench {
namespace {

using nlohmann::json;

double SpeedOfOne(const Slice& slice) { return static_cast<double>(slice.records) / slice.seconds; }

double SpeedOf(const std::vector<HotSlice>& slices) {
  std::vector<double> speeds;
  for (const HotSlice& slice : slices) speeds.push_back(slice.records_per_second);
  return Median(std::move(speeds));
}

double RatioOf(const std::vector<HotSlice>& slices, const std::vector<HotSlice>& to) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    ratios.push_back(slices[i].records_per_second / to[i].records_per_second);
  }
  return Median(std::move(ratios));
}

double MedianLatency(const std::vector<HotSlice>& slices, double HotSlice::*of) {
  std::vector<double> values;
  for (const HotSlice& slice : slices) values.push_back(slice.*of);
  return Median(std::move(values));
}

std::string Verdict(bool is_met) { return is_met ? "met" : "missed"; }

std::string MergeLine(const char* title, const std::vector<double>& few,
                      const std::vector<double>& many) {
  const double ratio = Median(many) / Median(few);
  return fmt::format("{:<46} {:>11.2f} {:>11.2f} {:>7.2f}   <= {:.2f}, {}\n", title, Median(few),
                     Median(many), ratio, kMergeRatioMax, Verdict(ratio <= kMergeRatioMax));
}

std::string MergeText(const IdentityOptions& options, const MergeCost& cost) {
  std::string text =
      fmt::format("{:<46} {:>11} {:>11} {:>7}   {}\n", "merging two profiles of so many events",
                  kFewEvents, options.events, "ratio", "goal");
  text +=
      MergeLine("  by a record that links them, ms", cost.few.by_record_ms, cost.many.by_record_ms);
  text += MergeLine("  by MergeProfiles, ms", cost.few.by_hand_ms, cost.many.by_hand_ms);
  return text + fmt::format("  {} merges and as many un-merges; of {} event rows {}\n\n",
                            cost.merges, cost.events_before,
                            cost.are_events_untouched ? "none was written, moved or locked"
                                                      : "some were touched");
}

std::string SpeedLine(const std::string& title, const std::vector<Slice>& slices,
                      const std::string& rest) {
  return fmt::format("{:<46} {:>11.0f} {}\n", title, SpeedOf(slices), rest);
}

std::string KioskText(const IdentityOptions& options, const KioskCost& cost) {
  const double ratio = RatioOf(cost.others_kiosk, cost.others);
  std::string text = fmt::format("{:<46} {:>11} {:>19}   {}\n",
                                 fmt::format("a device that {} customers share", options.customers),
                                 "records/s", "ratio", "goal");
  text += SpeedLine("  others, alone", cost.others, "");
  text += SpeedLine(
      fmt::format("  others, beside {:.0f}/s with own devices", cost.beside_per_second),
      cost.others_beside, fmt::format("{:>19.2f}", RatioOf(cost.others_beside, cost.others)));
  text +=
      SpeedLine(fmt::format("  others, beside {:.0f}/s at the shared one", cost.beside_per_second),
                cost.others_kiosk,
                fmt::format("{:>19.2f}   >= {:.2f}, {}", ratio, kKioskRatioMin,
                            Verdict(ratio >= kKioskRatioMin)));
  text += SpeedLine("  new customers with an identifier of their own", cost.strangers, "");
  text += SpeedLine("  new customers at the shared device", cost.kiosk_alone,
                    fmt::format("{:>19.2f}", RatioOf(cost.kiosk_alone, cost.strangers)));
  return text + fmt::format(
                    "  seen with {} customers; profiles with two customers: {}; identifiers in the "
                    "device's profile: {}\n\n",
                    cost.customers_at_kiosk, cost.profiles_of_two, cost.members_of_kiosk);
}

std::string HotLine(const std::string& title, const std::vector<HotSlice>& slices,
                    const std::string& rest) {
  return fmt::format("{:<46} {:>11.0f} {:>5.1f} {:>5.1f} {}\n", title, SpeedOf(slices),
                     MedianLatency(slices, &HotSlice::p50_ms),
                     MedianLatency(slices, &HotSlice::p99_ms), rest);
}

std::string HotText(const IdentityOptions& options, const HotCost& cost) {
  const double ratio = RatioOf(cost.laden, cost.fresh);
  std::string text = fmt::format("{:<46} {:>11} {:>5} {:>5} {:>7}   {}\n",
                                 fmt::format("one profile, {} connections", options.connections),
                                 "records/s", "p50", "p99", "ratio", "goal");
  text += HotLine("  that is new", cost.fresh, "");
  text += HotLine(
      fmt::format("  that {} additions were made to", options.additions), cost.laden,
      fmt::format("{:>7.2f}   >= {:.2f}, {}", ratio, kHotRatioMin, Verdict(ratio >= kHotRatioMin)));
  return text +
         fmt::format("  additions acked {}, stored {}; deadlocks {}, commits tried again {}\n",
                     cost.acked, cost.stored, cost.deadlocks, cost.serialization_retries);
}

json JsonOf(const MergeCost& cost) {
  return {{"few_by_record_ms", Median(cost.few.by_record_ms)},
          {"many_by_record_ms", Median(cost.many.by_record_ms)},
          {"few_by_hand_ms", Median(cost.few.by_hand_ms)},
          {"many_by_hand_ms", Median(cost.many.by_hand_ms)},
          {"ratio_max", kMergeRatioMax},
          {"ratio_by_record", Median(cost.many.by_record_ms) / Median(cost.few.by_record_ms)},
          {"ratio_by_hand", Median(cost.many.by_hand_ms) / Median(cost.few.by_hand_ms)},
          {"merges", cost.merges},
          {"events_before", cost.events_before},
          {"events_after", cost.events_after},
          {"are_events_untouched", cost.are_events_untouched}};
}

json JsonOf(const KioskCost& cost) {
  return {{"others_per_second", SpeedOf(cost.others)},
          {"others_beside_own_per_second", SpeedOf(cost.others_beside)},
          {"others_beside_kiosk_per_second", SpeedOf(cost.others_kiosk)},
          {"kiosk_per_second", SpeedOf(cost.kiosk_alone)},
          {"strangers_per_second", SpeedOf(cost.strangers)},
          {"beside_per_second", cost.beside_per_second},
          {"ratio_min", kKioskRatioMin},
          {"ratio_kiosk", RatioOf(cost.others_kiosk, cost.others)},
          {"ratio_own", RatioOf(cost.others_beside, cost.others)},
          {"customers_at_kiosk", cost.customers_at_kiosk},
          {"profiles_of_two", cost.profiles_of_two},
          {"members_of_kiosk", cost.members_of_kiosk}};
}

json JsonOf(const HotCost& cost) {
  return {{"fresh_per_second", SpeedOf(cost.fresh)},
          {"laden_per_second", SpeedOf(cost.laden)},
          {"ratio_min", kHotRatioMin},
          {"ratio", RatioOf(cost.laden, cost.fresh)},
          {"additions_laden", cost.additions_laden},
          {"acked", cost.acked},
          {"stored", cost.stored},
          {"deadlocks", cost.deadlocks},
          {"serialization_retries", cost.serialization_retries}};
}

}  // namespace

double SpeedOf(const std::vector<Slice>& slices) {
  std::vector<double> speeds;
  for (const Slice& slice : slices) speeds.push_back(SpeedOfOne(slice));
  return Median(std::move(speeds));
}

double RatioOf(const std::vector<Slice>& slices, const std::vector<Slice>& to) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    ratios.push_back(SpeedOfOne(slices[i]) / SpeedOfOne(to[i]));
  }
  return Median(std::move(ratios));
}

std::string FormatText(const IdentityFindings& run) {
  const IdentityOptions& options = run.options;
  std::string text =
      fmt::format("Identity benchmark: {} cores, PostgreSQL {}, seed {}\n\n",
                  std::thread::hardware_concurrency(), run.postgres_version, options.seed);
  if (run.merge) text += MergeText(options, *run.merge);
  if (run.kiosk) text += KioskText(options, *run.kiosk);
  if (run.hot) text += HotText(options, *run.hot);
  if (!run.is_on_disk) text += "warning: /tmp is in memory, so commits cost less than on a disk\n";
  return text;
}

std::string FormatJson(const IdentityFindings& run) {
  json report = {{"cores", std::thread::hardware_concurrency()},
                 {"postgres", run.postgres_version},
                 {"is_on_disk", run.is_on_disk},
                 {"seed", run.options.seed}};
  if (run.merge) report["merge"] = JsonOf(*run.merge);
  if (run.kiosk) report["kiosk"] = JsonOf(*run.kiosk);
  if (run.hot) report["hot"] = JsonOf(*run.hot);
  return report.dump(2) + "\n";
}

}  // namespace selfsame::bench
