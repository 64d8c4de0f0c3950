#include "tests/bench/cases.h"

namespace selfsame::bench {
namespace {

constexpr RequestShape kUnary1{.records = 1};
constexpr RequestShape kUnary100{.records = 100};
constexpr RequestShape kStream100{.is_stream = true, .records = 100};
constexpr RequestShape kMixed100{.is_stream = true, .records = 100, .has_updates = true};

constexpr Case Copy(std::string_view name, std::string_view title, int sessions) {
  return {.name = name, .title = title, .target = Target::kCopy, .sessions = sessions};
}

constexpr Case Answer(std::string_view name, std::string_view title, RequestShape shape) {
  return {.name = name, .title = title, .target = Target::kAnswerServer, .shape = shape};
}

constexpr Case Serve(std::string_view name, std::string_view title, RequestShape shape,
                     People people, std::string_view grpc_limit, std::string_view unmeasured = "") {
  return {.name = name,
          .title = title,
          .shape = shape,
          .people = people,
          .copy_limit = "copy-2",
          .grpc_limit = grpc_limit,
          .unmeasured = unmeasured};
}

constexpr Case Unmeasured(std::string_view name, std::string_view title, RequestShape shape,
                          People people) {
  return {.name = name,
          .title = title,
          .target = Target::kUnmeasured,
          .shape = shape,
          .people = people};
}

// The case of the goal right behind what it is compared with: the less the machine can change.
constexpr Case kCases[] = {
    Copy("copy-1", "COPY limit, 1 session", 1),
    Copy("copy-2", "COPY limit, 2 sessions", 2),
    Serve("known-stream-100", "known people, stream x100", kStream100, kKnownPeople,
          "grpc-stream-100", "unmeasured-known"),
    Unmeasured("unmeasured-known", "  measures of quality off", kStream100, kKnownPeople),
    Serve("known-unary-100", "known people, unary x100", kUnary100, kKnownPeople, "grpc-unary-100"),
    Serve("known-unary-1", "known people, unary x1", kUnary1, kKnownPeople, "grpc-unary-1"),
    Serve("mixed-stream-100", "10 % updates, stream x100", kMixed100, kKnownPeople,
          "grpc-stream-100", "unmeasured-mixed"),
    Unmeasured("unmeasured-mixed", "  measures of quality off", kMixed100, kKnownPeople),
    Serve("new-stream-100", "new people, stream x100", kStream100, kNumberedPeople,
          "grpc-stream-100", "unmeasured-new"),
    Unmeasured("unmeasured-new", "  measures of quality off", kStream100, kNumberedPeople),
    Serve("new-unary-100", "new people, unary x100", kUnary100, kNumberedPeople, "grpc-unary-100"),
    Serve("new-unary-1", "new people, unary x1", kUnary1, kNumberedPeople, "grpc-unary-1"),
    Answer("grpc-stream-100", "gRPC limit, stream x100", kStream100),
    Answer("grpc-unary-100", "gRPC limit, unary x100", kUnary100),
    Answer("grpc-unary-1", "gRPC limit, unary x1", kUnary1),
};

}  // namespace

std::span<const Case> AllCases() { return kCases; }

const Case* FindCase(std::string_view name) {
  for (const Case& known : kCases) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

}  // namespace selfsame::bench
