#include "cli/demo/report.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>

#include "cli/outcome.h"
#include "cli/output.h"
#include "cli/proto_json.h"

namespace selfsame::cli {
namespace {

constexpr int kSampleLinesMax = 3;

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

// How this program is called from here.
std::string OwnCommand() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto near = std::filesystem::proximate(self, failed);
  if (failed || near.string().starts_with("..")) return self.string();
  return near.has_parent_path() ? near.string() : "./" + near.string();
}

}  // namespace

std::string StoryText(const std::vector<StoryStep>& story, const StoryEnd& end) {
  Table table{.headings = {"", "SOURCE", "WHAT HAPPENED", "OUTCOME", "REASON", "PROFILE"}};
  std::string violations;
  for (std::size_t i = 0; i < story.size(); ++i) {
    const auto& outcome = end.outcomes[i];
    table.rows.push_back({fmt::format("{}", i + 1), story[i].source, story[i].what,
                          OutcomeName(outcome.outcome()), OrDash(outcome.reason()),
                          OrDash(outcome.profile_id())});
    for (const auto& violation : outcome.violations()) {
      violations += fmt::format("    {}: {} {}: {}\n", i + 1, violation.field(), violation.reason(),
                                violation.message());
    }
  }
  return FormatTable(table) + violations;
}

std::string SampleMetrics(std::string_view page) {
  std::istringstream in{std::string(page)};
  std::string sample;
  int lines = 0;
  for (std::string line; lines < kSampleLinesMax && std::getline(in, line);) {
    const bool counts_outcomes = line.starts_with("selfsame_") &&
                                 line.find("outcome=") != std::string::npos &&
                                 !line.ends_with(" 0");
    if (!counts_outcomes) continue;
    sample += "  " + line + "\n";
    ++lines;
  }
  return sample;
}

std::string NextText(const std::string& data_dir, const Endpoint& endpoint, const Person& person) {
  const std::string self = OwnCommand();
  return fmt::format(
      "  {0} profile get --data-dir {1} --identifier email={2}\n"
      "  {0} profile events --data-dir {1} --identifier device_id={3}\n"
      "  grpcurl -plaintext -H \"authorization: Bearer $(jq -r .api_key {1}/credentials.json)\" "
      "\\\n"
      "    -d '{{\"profile\":{{\"identifier\":{{\"kind\":\"email\",\"value\":\"{2}\"}}}}}}' \\\n"
      "    {4} selfsame.profile.v1.ProfileService/GetProfile\n",
      self, data_dir, person.email, person.device_id, endpoint.grpc);
}

nlohmann::ordered_json StoryJson(const std::vector<StoryStep>& story, const StoryEnd& end,
                                 const std::vector<std::string>& surprises) {
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < story.size(); ++i) {
    steps.push_back({{"source", story[i].source},
                     {"what", story[i].what},
                     {"expected", OutcomeName(story[i].expected)},
                     {"outcome", ProtoJson(end.outcomes[i])}});
  }
  return {{"steps", std::move(steps)},
          {"profile", ProtoJson(end.profile)},
          {"events", ProtoJson(end.events)["events"]},
          {"merge_history", ProtoJson(end.history)["entries"]},
          {"surprises", surprises}};
}

}  // namespace selfsame::cli
