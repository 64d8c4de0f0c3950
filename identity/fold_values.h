// Values of attributes as Fold sees them: JSON text, compared, summed and listed. A part of Fold.
#ifndef SELFSAME_IDENTITY_FOLD_VALUES_H_
#define SELFSAME_IDENTITY_FOLD_VALUES_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame::identity {

struct Claim;

// Numbers by size, everything else by its text; numbers before the rest. A text that is a whole
// number counts as one: 64-bit integers are texts in protobuf's JSON. Negative, 0 or positive.
int CompareValues(std::string_view a, std::string_view b);

// True when both are one value, however they are written: the database writes numbers its own way.
bool AreSameValues(std::string_view a, std::string_view b);

// Characters of a text, elements of a list; of anything else the length of its JSON.
std::size_t LengthOf(std::string_view value);

// A sum of numbers, exact to 9 digits after the point, whatever their order.
class ExactSum {
 public:
  // Adds a value that is a number, also as text ("5": 64-bit integers in protobuf's JSON); others
  // add nothing.
  void Add(std::string_view value);
  void Add(const ExactSum& other);
  // As JSON: a whole number of 64 bits, as text where any part of it was one; otherwise the nearest
  // double.
  std::string Value() const;

  // All of it, for keeping: whole parts of 1e-9, in decimal, and a mark where it is a text.
  std::string Exact() const;
  // Nothing where `exact` is not what Exact returned.
  static std::optional<ExactSum> FromExact(std::string_view exact);

  bool operator==(const ExactSum&) const = default;

 private:
  __int128 parts_ = 0;
  bool is_text_ = false;  // A part of it was.
};

// The sum of those that are numbers.
std::string SumOf(std::span<const std::string_view> values);

// A list of all values, the elements of lists one by one, each once, sorted by CompareValues.
std::string UnionOf(std::span<const std::string_view> values);

// The index of the first of these values with which their union is complete. Requires: not empty.
std::size_t CompletedBy(std::span<const std::string_view> values);

// Elements that come or go, in one claim.
struct ElementChange {
  std::string_view elements;  // A list.
  bool is_append = true;
  const Claim* claim = nullptr;  // Decides the order of changes; not looked at here.
};

// A list after changes, in the order given: the last one that names an element decides. Elements of
// the list keep their places; what is appended follows in the order of the changes.
std::string ChangedList(std::string_view list, std::span<const ElementChange> changes);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_FOLD_VALUES_H_
