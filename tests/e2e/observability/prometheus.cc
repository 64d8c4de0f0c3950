#include "tests/e2e/observability/prometheus.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <thread>

#include "base/time.h"
#include "tests/support/http_get.h"

namespace selfsame::test {
namespace {

std::int64_t MillisOf(const std::string& number, char unit) {
  const std::int64_t count = std::atoll(number.c_str());
  switch (unit) {
    case 's': return count * 1'000;
    case 'm': return count * 60'000;
    case 'h': return count * 3'600'000;
    case 'd': return count * 86'400'000;
    default: return count * 604'800'000;
  }
}

// Replaces every match by what `by` makes of it.
template <typename By>
std::string Replaced(const std::string& text, const std::regex& what, const By& by) {
  std::string replaced;
  std::size_t at = 0;
  for (std::sregex_iterator match(text.begin(), text.end(), what), end; match != end; ++match) {
    replaced += text.substr(at, static_cast<std::size_t>(match->position()) - at) + by(*match);
    at = static_cast<std::size_t>(match->position() + match->length());
  }
  return replaced + text.substr(at);
}

std::string UrlEncoded(const std::string& text) {
  std::string encoded;
  for (const unsigned char c : text) {
    if (std::isalnum(c) != 0) {
      encoded += static_cast<char>(c);
    } else {
      encoded += fmt::format("%{:02X}", c);
    }
  }
  return encoded;
}

// A port that nobody listens on now.
int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  close(fd);
  return ntohs(address.sin_port);
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

}  // namespace

std::string SpedUp(const std::string& text) {
  // Not within a name, such as ratio15m.
  static const std::regex kDuration(R"((^|[^A-Za-z0-9_])(\d+)([smhdw])(?![A-Za-z0-9_]))");
  static const std::regex kSeconds(R"(\((\d+)\))");
  const std::string faster = Replaced(text, kDuration, [](const std::smatch& match) {
    const std::int64_t millis = MillisOf(match[2], match[3].str()[0]) / kSpeed;
    return fmt::format("{}{}ms", match[1].str(), std::max<std::int64_t>(millis, 1));
  });
  return Replaced(faster, kSeconds, [](const std::smatch& match) {
    return fmt::format("({})", static_cast<double>(std::atoll(match[1].str().c_str())) / kSpeed);
  });
}

std::string Installed(const std::string& program) {
  for (const char* folder : {"/usr/bin/", "/usr/local/bin/"}) {
    if (access((folder + program).c_str(), X_OK) == 0) return folder + program;
  }
  return "";
}

std::string SourcePath(const std::string& path) {
  const char* root = std::getenv("SELFSAME_SOURCE_DIR");
  return std::string(root == nullptr ? "." : root) + "/" + path;
}

std::string SourceFile(const std::string& path) { return ReadWholeFile(SourcePath(path)); }

ProgramOutput RunInstalled(const std::string& program, const std::vector<std::string>& arguments) {
  const TempFolder folder;
  std::vector<std::string> line = {Installed(program)};
  line.insert(line.end(), arguments.begin(), arguments.end());
  const auto code = RunProgram({.arguments = line,
                                .output_path = folder.path() + "/output",
                                .error_path = {},
                                .environment = {}},
                               std::chrono::minutes(3));
  return {code.value_or(-1), ReadWholeFile(folder.path() + "/output")};
}

Prometheus::Prometheus(const std::string& metrics_address, const std::string& past)
    : address_(fmt::format("127.0.0.1:{}", FreePort())) {
  const std::string& at = folder_.path();
  for (const char* rules : {"selfsame.rules.yml", "objectives.rules.yml"}) {
    Write(at + "/" + rules, SpedUp(SourceFile(std::string("deploy/prometheus/") + rules)));
  }
  Write(at + "/prometheus.yml",
        fmt::format("global: {{scrape_interval: 250ms, scrape_timeout: 250ms, "
                    "evaluation_interval: 500ms}}\n"
                    "rule_files: [selfsame.rules.yml, objectives.rules.yml]\n"
                    "scrape_configs:\n  - job_name: selfsame\n    static_configs:\n"
                    "      - targets: [\"{}\"]\n",
                    metrics_address));
  if (!past.empty()) {
    Write(at + "/past", past);
    const ProgramOutput made = RunInstalled(
        "promtool", {"tsdb", "create-blocks-from", "openmetrics", at + "/past", at + "/data"});
    EXPECT_EQ(made.exit_code, 0) << made.text;
  }
  program_ = Program::Start(
      {.arguments = {Installed("prometheus"), "--config.file=" + at + "/prometheus.yml",
                     "--storage.tsdb.path=" + at + "/data", "--web.listen-address=" + address_,
                     "--log.level=warn"},
       .output_path = at + "/log",
       .error_path = {},
       .environment = {}});
  const Deadline deadline = Deadline::After(std::chrono::seconds(60));
  while (HttpGet(address_, "/-/ready").empty()) {
    if (deadline.Expired() || !program_->IsRunning()) {
      std::fprintf(stderr, "prometheus does not start:\n%s\n", Log().c_str());
      std::abort();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

nlohmann::json Prometheus::Get(const std::string& path) const {
  const auto answer = nlohmann::json::parse(HttpGet(address_, path), nullptr, false);
  if (answer.is_object() && answer.value("status", "") == "success") return answer["data"];
  return {};
}

nlohmann::json Prometheus::Query(const std::string& promql) const {
  const nlohmann::json data = Get("/api/v1/query?query=" + UrlEncoded(promql));
  EXPECT_TRUE(data.is_object()) << "refused: " << promql;
  if (!data.is_object()) return nlohmann::json::array();
  if (data["resultType"] == "scalar") return nlohmann::json::array({{{"value", data["result"]}}});
  return data["result"];
}

double Prometheus::Value(const std::string& promql, double otherwise) const {
  const nlohmann::json result = Query(promql);
  return result.empty() ? otherwise : std::stod(result[0]["value"][1].get<std::string>());
}

std::set<std::string> Prometheus::FiringAlerts() const {
  std::set<std::string> firing;
  const nlohmann::json data = Get("/api/v1/alerts");
  if (!data.is_object()) return firing;
  for (const auto& alert : data["alerts"]) {
    if (alert["state"] != "firing") continue;
    const auto& labels = alert["labels"];
    std::string name = labels["alertname"].get<std::string>() + "/" + labels.value("source", "");
    if (labels.contains("objective")) name += "/" + labels["objective"].get<std::string>();
    firing.insert(name);
  }
  return firing;
}

std::set<std::string> Prometheus::MetricNames() const {
  const nlohmann::json names = Get("/api/v1/label/__name__/values");
  return names.is_array() ? names.get<std::set<std::string>>() : std::set<std::string>();
}

}  // namespace selfsame::test
