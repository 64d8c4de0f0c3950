#include "base/arguments.h"

#include <string_view>

namespace selfsame {

std::string OptionWithoutValue(int count, const char* const* arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view argument(arguments[i]);
    if (argument == "--") break;
    if (argument.starts_with("--") && argument.ends_with('=')) {
      return std::string(argument.substr(0, argument.size() - 1));
    }
    const std::string_view before = i > 1 ? arguments[i - 1] : "";
    if (argument.empty() && before.starts_with("--")) return std::string(before);
  }
  return {};
}

}  // namespace selfsame
