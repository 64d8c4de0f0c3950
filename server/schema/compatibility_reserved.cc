#include "server/schema/compatibility_reserved.h"

#include <algorithm>

namespace selfsame::schema {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;

// A message's ranges end before their `end`, an enum's with it.
Reservations::Reservations(const Descriptor& message) {
  for (int i = 0; i < message.reserved_range_count(); ++i) {
    const Descriptor::ReservedRange& range = *message.reserved_range(i);
    ranges_.push_back({range.start, std::int64_t{range.end} - 1});
  }
  std::ranges::sort(ranges_, {}, &Range::first);
  TakeNames(message);
}

Reservations::Reservations(const EnumDescriptor& an_enum) {
  for (int i = 0; i < an_enum.reserved_range_count(); ++i)
    ranges_.push_back({an_enum.reserved_range(i)->start, an_enum.reserved_range(i)->end});
  std::ranges::sort(ranges_, {}, &Range::first);
  TakeNames(an_enum);
}

template <typename Element>
void Reservations::TakeNames(const Element& element) {
  for (int i = 0; i < element.reserved_name_count(); ++i)
    names_in_order_.push_back(element.reserved_name(i));
  names_.insert(names_in_order_.begin(), names_in_order_.end());
}

// The first range that does not end before `number`.
std::vector<Reservations::Range>::const_iterator Reservations::FirstNotBefore(
    std::int64_t number) const {
  return std::ranges::lower_bound(ranges_, number, {}, &Range::last);
}

bool Reservations::HasNumber(int number) const {
  const auto range = FirstNotBefore(number);
  return range != ranges_.end() && range->first <= number;
}

// What of `range` is in no range of ours.
std::vector<Reservations::Range> Reservations::Missing(Range range) const {
  std::vector<Range> missing;
  for (auto ours = FirstNotBefore(range.first); ours != ranges_.end(); ++ours) {
    if (ours->first > range.last) break;
    if (ours->first > range.first) missing.push_back({range.first, ours->first - 1});
    range.first = ours->last + 1;
  }
  if (range.first <= range.last) missing.push_back(range);
  return missing;
}

std::vector<std::string> Reservations::Released(const Reservations& now) const {
  std::vector<std::string> released;
  for (const Range& range : ranges_) {
    for (const Range& run : now.Missing(range)) {
      const std::string first = std::to_string(run.first);
      released.push_back(run.first == run.last ? first : first + " to " + std::to_string(run.last));
    }
  }
  for (const std::string_view name : names_in_order_) {
    if (!now.HasName(name)) released.emplace_back(name);
  }
  return released;
}

}  // namespace selfsame::schema
