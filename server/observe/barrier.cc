#include "server/observe/barrier.h"

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <typeinfo>

namespace selfsame::observe {
namespace {

// Never what(): the text of a library's exception may hold a piece of a payload (INV-10).
std::string TypeOfCurrentException() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return "foreign";
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : type->name();
}

}  // namespace

Error Barrier::Caught(Entry entry, std::string_view request_id) const noexcept {
  const std::string_view label = kEntryLabels[static_cast<std::size_t>(entry)];
  metrics_->exceptions.Of(label).Add();
  try {
    log_->Error(
        "exception stopped at its entry",
        {{"entry", label}, {"request_id", request_id}, {"exception", TypeOfCurrentException()}});
  } catch (...) {  // Out of memory: it is counted at least.
  }
  // Short texts: they need no memory.
  return {.code = ErrorCode::kInternal, .reason = "INTERNAL", .message = "exception"};
}

}  // namespace selfsame::observe
