#include <google/protobuf/descriptor.h>

#include <map>
#include <set>

#include "server/schema/compatibility_reserved.h"
#include "server/schema/compatibility_rules.h"

namespace selfsame::schema {
namespace {

using google::protobuf::EnumDescriptor;

using Names = std::set<std::string>;  // More than one where values are aliases.

std::map<int, Names> NamesByNumber(const EnumDescriptor& an_enum) {
  std::map<int, Names> names;
  for (int i = 0; i < an_enum.value_count(); ++i)
    names[an_enum.value(i)->number()].insert(an_enum.value(i)->name());
  return names;
}

std::string Joined(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void CompareDeletedValue(const std::string& path, int number, const Names& names,
                         const Reservations& reserved, std::vector<Break>& breaks) {
  if (!reserved.HasNumber(number)) {
    const std::string text = std::to_string(number);
    breaks.push_back({"ENUM_VALUE_DELETE_RESERVES_NUMBER", path + *names.begin(), text, "",
                      "deleted without reserving its number " + text});
  }
  for (const std::string& name : names) {
    if (reserved.HasName(name)) continue;
    breaks.push_back({"ENUM_VALUE_DELETE_RESERVES_NAME", path + name, name, "",
                      "deleted without reserving its name \"" + name + "\""});
  }
}

void CompareNames(const std::string& path, int number, const Names& was, const Names& is,
                  std::vector<Break>& breaks) {
  const std::string names = Presentable(Joined(is));
  for (const std::string& name : was) {
    if (is.contains(name)) continue;
    breaks.push_back({"ENUM_VALUE_SAME_NAME", path + name, name, names,
                      "number " + std::to_string(number) + " lost this name, which JSON carries"});
  }
}

}  // namespace

void CompareEnums(const EnumDescriptor& was, const EnumDescriptor& is, std::vector<Break>& breaks) {
  const std::string path = was.full_name() + ".";
  const Reservations reserved(is);
  const std::map<int, Names> after = NamesByNumber(is);
  for (const auto& [number, names] : NamesByNumber(was)) {
    const auto found = after.find(number);
    if (found == after.end()) {
      CompareDeletedValue(path, number, names, reserved, breaks);
    } else {
      CompareNames(path, number, names, found->second, breaks);
    }
  }
  for (const std::string& released : Reservations(was).Released(reserved)) {
    breaks.push_back({"ENUM_KEEPS_RESERVED", was.full_name(), Presentable(released), "",
                      "reserved before and not any more"});
  }
  if (HasJsonForm(*was.file()) && !HasJsonForm(*is.file())) {
    breaks.push_back({"ENUM_SAME_JSON_FORMAT", was.full_name(), "proto3", "proto2",
                      "the JSON form of proto2 enums is best effort only"});
  }
}

}  // namespace selfsame::schema
