// What a message or an enum reserves, for the rules of compatibility.h.
#ifndef SELFSAME_SERVER_SCHEMA_COMPATIBILITY_RESERVED_H_
#define SELFSAME_SERVER_SCHEMA_COMPATIBILITY_RESERVED_H_

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace selfsame::schema {

// Numbers and names that no field or value may have. Unlike the descriptors' own questions, these
// take no longer where a schema reserves a hundred thousand ranges. Refers to its descriptor;
// thread-safe after construction.
class Reservations {
 public:
  explicit Reservations(const google::protobuf::Descriptor& message);
  explicit Reservations(const google::protobuf::EnumDescriptor& an_enum);

  bool HasNumber(int number) const;
  bool HasName(std::string_view name) const { return names_.contains(name); }
  // What these reserve and `now` does not: runs of numbers ("5", "7 to 9"), then names.
  std::vector<std::string> Released(const Reservations& now) const;

 private:
  // From first to last, both included. 64 bits, since one past the last must fit.
  struct Range {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };

  template <typename Element>
  void TakeNames(const Element& element);
  std::vector<Range>::const_iterator FirstNotBefore(std::int64_t number) const;
  std::vector<Range> Missing(Range range) const;

  std::vector<Range> ranges_;  // Ascending and without overlap: protobuf takes no other.
  std::unordered_set<std::string_view> names_;
  std::vector<std::string_view> names_in_order_;
};

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_COMPATIBILITY_RESERVED_H_
