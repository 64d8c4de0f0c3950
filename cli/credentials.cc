#include "cli/credentials.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/text_file.h"

namespace selfsame::cli {
namespace {

std::string PathIn(const std::string& data_dir) { return data_dir + "/credentials.json"; }

}  // namespace

Result<Credentials> ReadCredentials(const std::string& data_dir) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(PathIn(data_dir)));
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const Error malformed{ErrorCode::kFailedPrecondition, "CREDENTIALS_MALFORMED",
                        fmt::format("{} is not what the demonstration writes", PathIn(data_dir))};
  if (!json.is_object() || !json.contains("api_key") || !json["api_key"].is_string() ||
      !json.contains("source_keys") || !json["source_keys"].is_object() || !json.contains("runs") ||
      !json["runs"].is_number_integer()) {
    return malformed;
  }
  Credentials credentials{.api_key = json["api_key"].get<std::string>(),
                          .runs = json["runs"].get<int>()};
  for (const auto& [source, key] : json["source_keys"].items()) {
    if (!key.is_string()) return malformed;
    credentials.source_keys[source] = key.get<std::string>();
  }
  return credentials;
}

Status WriteCredentials(const std::string& data_dir, const Credentials& credentials) {
  const nlohmann::ordered_json json = {{"api_key", credentials.api_key},
                                       {"source_keys", credentials.source_keys},
                                       {"runs", credentials.runs}};
  return WriteSecretFile(PathIn(data_dir), json.dump(2) + "\n");
}

}  // namespace selfsame::cli
