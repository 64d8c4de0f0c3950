// The demonstration's story and its end, as text or JSON.
#ifndef SELFSAME_CLI_DEMO_REPORT_H_
#define SELFSAME_CLI_DEMO_REPORT_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/demo/story.h"
#include "cli/settings.h"

namespace selfsame::cli {

// Each step with its outcome, then the violations of those that have any.
std::string StoryText(const std::vector<StoryStep>& story, const StoryEnd& end);

// At most three lines of a /metrics page that count outcomes, none of them zero.
std::string SampleMetrics(std::string_view page);

// What to type next.
std::string NextText(const std::string& data_dir, const Endpoint& endpoint, const Person& person);

nlohmann::ordered_json StoryJson(const std::vector<StoryStep>& story, const StoryEnd& end,
                                 const std::vector<std::string>& surprises);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_DEMO_REPORT_H_
