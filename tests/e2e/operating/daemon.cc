#include "tests/e2e/operating/daemon.h"

#include <algorithm>
#include <thread>

#include "tests/support/http_get.h"

namespace selfsame::test {
namespace {

constexpr std::chrono::minutes kPatience{1};
constexpr std::chrono::milliseconds kLookEvery{20};

}  // namespace

bool Comes(const std::function<bool()>& condition) {
  const Deadline deadline = Deadline::After(kPatience);
  while (!condition()) {
    if (deadline.Expired()) return false;
    std::this_thread::sleep_for(kLookEvery);
  }
  return true;
}

Daemon::Daemon(std::vector<std::string> arguments, std::vector<std::string> environment) {
  arguments.insert(arguments.begin(), "selfsamed");
  const auto has = [&](const char* text) {
    const auto is_it = [&](const std::string& given) { return given.starts_with(text); };
    return std::any_of(arguments.begin(), arguments.end(), is_it) ||
           std::any_of(environment.begin(), environment.end(), is_it);
  };
  if (!has("--listen")) arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  if (!has("--metrics-listen")) {
    arguments.insert(arguments.end(), {"--metrics-listen", "127.0.0.1:0"});
  }
  for (const char* name :
       {"SELFSAME_DATABASE_URL=", "SELFSAME_MASTER_KEY_FILE=", "SELFSAME_HOME="}) {
    if (!has(name)) environment.emplace_back(name);
  }
  program_ = Program::Start({.arguments = std::move(arguments),
                             .output_path = folder_.path() + "/log",
                             .environment = std::move(environment)});
}

bool Daemon::AwaitLog(const std::string& text) {
  return Comes([&] { return Log().find(text) != std::string::npos; });
}

bool Daemon::AwaitListening() {
  return Comes([&] { return !IsRunning() || !FromLog("metrics=").empty(); }) && IsRunning();
}

std::string Daemon::FromLog(const std::string& name) const {
  const std::string log = Log();
  const std::size_t line = log.find(" listening ");
  const std::size_t at = log.find(name, line);
  if (line == std::string::npos || at == std::string::npos) return "";
  const std::size_t begin = at + name.size();
  return log.substr(begin, log.find_first_of(" \n", begin) - begin);
}

std::string Daemon::Get(const std::string& path) const { return HttpGet(metrics(), path); }

std::string Daemon::GetAny(const std::string& path) const { return HttpGetAny(metrics(), path); }

bool Daemon::AwaitReady() {
  return AwaitListening() && Comes([&] { return Get("/readyz") == "READY\n"; });
}

}  // namespace selfsame::test
