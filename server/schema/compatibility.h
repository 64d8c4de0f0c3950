// Compatibility: whether a new version of a schema can live beside an old one. Records of both
// versions are read with either, as protobuf and as JSON, so a change must keep what bytes and JSON
// mean. docs/SCHEMAS.md explains each rule and what to do instead.
#ifndef SELFSAME_SERVER_SCHEMA_COMPATIBILITY_H_
#define SELFSAME_SERVER_SCHEMA_COMPATIBILITY_H_

#include <cstddef>
#include <string>
#include <vector>

namespace google::protobuf {
class Descriptor;
}

namespace selfsame::schema {

// One rule that a change breaks at one element.
struct Break {
  std::string rule;  // Stable UPPER_SNAKE, of docs/SCHEMAS.md.
  std::string path;  // The element by its old name: "shop.v1.Order.total", "shop.v1.Status.OPEN";
                     // "shop.v1.Order.counts.value" within a map.
  std::string was;   // What the rule looks at, before; empty where there was none.
  std::string is;    // And after; empty where there is none.
  std::string message;  // For a person.
};

// So many are told at most; what breaks more is another schema.
inline constexpr std::size_t kBreaksMax = 1'000;

// What replacing `was` by `is` would break: in the messages themselves and in every message and
// enum that both reach through fields, extensions among them, matched by full name. Ordered by
// path, then rule, at most kBreaksMax of them; empty: compatible. Options that mean nothing to wire
// or JSON are not looked at. Pure and thread-safe; never fails, and ends on messages that hold
// themselves. Requires: both messages have the same full name, and come from pools that outlive the
// call.
std::vector<Break> FindBreaks(const google::protobuf::Descriptor& was,
                              const google::protobuf::Descriptor& is);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_COMPATIBILITY_H_
