#include "tests/integration/ingest/random_history.h"

#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace selfsame::ingest {
namespace {

// Any operation on any kind of field; few values, so that most say again what was said.
void AddTraits(std::mt19937_64& random, TestRecord& record) {
  using enum identity::ClaimOperation;
  nlohmann::json traits = nlohmann::json::object();
  const int number = static_cast<int>(random() % 4);
  switch (random() % 8) {
    case 0: traits["plan"] = "plan " + std::to_string(number); break;
    case 1:
      traits["plan"] = "plan " + std::to_string(number);
      record.operations = {{"plan", kSetOnce}};
      break;
    case 2: record.operations = {{"city", kUnset}}; break;
    case 3:
      traits["loyalty_points"] = number + 0.5;
      record.operations = {{"loyalty_points", kAdd}};
      break;
    case 4: traits["loyalty_points"] = number; break;
    case 5:
    case 6:
      traits["interests"] = {"interest " + std::to_string(number)};
      record.operations = {{"interests", random() % 2 == 0 ? kAppend : kRemove}};
      break;
    default: traits["city"] = "city " + std::to_string(number); break;
  }
  record.traits = traits.dump();
}

}  // namespace

std::vector<TestRecord> RandomHistory(std::mt19937_64& random, const HistoryShape& shape) {
  static const char* kKinds[] = {"customer_id", "email", "device_id", "anonymous_id",
                                 "crm:contact_id"};
  std::vector<TestRecord> history;
  for (int i = 0; i < shape.records; ++i) {
    TestRecord record{.key = "k" + std::to_string(i) + shape.mark,
                      .at_seconds = 1'600'000'000 + static_cast<std::int64_t>(random() % 50)};
    const int count = 1 + static_cast<int>(random() % 3);
    for (int j = 0; j < count; ++j) {
      const std::string kind = kKinds[random() % 5];
      const std::string value =
          std::to_string(random() % static_cast<unsigned>(shape.values)) + shape.mark;
      record.identifiers.emplace_back(kind, kind == "email" ? "e" + value + "@x.io" : "v" + value);
    }
    if (!shape.sources.empty()) record.source = shape.sources[random() % shape.sources.size()];
    if (random() % 2 == 0) AddTraits(random, record);
    history.push_back(std::move(record));
  }
  return history;
}

std::vector<TestRecord> ManyHistories(std::mt19937_64& random, int histories,
                                      const std::vector<std::string>& sources) {
  std::vector<TestRecord> all;
  for (int i = 0; i < histories; ++i) {
    std::vector<TestRecord> one =
        RandomHistory(random, {.records = 2 + static_cast<int>(random() % 8),
                               .values = 1 + static_cast<int>(random() % 4),
                               .sources = sources,
                               .mark = "h" + std::to_string(i)});
    std::move(one.begin(), one.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace selfsame::ingest
