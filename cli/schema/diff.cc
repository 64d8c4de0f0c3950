#include "cli/schema/diff.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "cli/schema/aspects.h"

namespace selfsame::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// The message and enum types that a message reaches, itself included, by name.
struct Reached {
  std::map<std::string, const Descriptor*> messages;
  std::map<std::string, const EnumDescriptor*> enums;
};

void Reach(const Descriptor& message, Reached& reached) {
  if (!reached.messages.emplace(message.full_name(), &message).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.enum_type() != nullptr) {
      reached.enums.emplace(field.enum_type()->full_name(), field.enum_type());
    }
    if (field.message_type() != nullptr &&
        !field.message_type()->full_name().starts_with("google.protobuf.")) {
      Reach(*field.message_type(), reached);
    }
  }
}

// What is at one place in both, in one, by a key that both share.
template <typename Key, typename Item, typename Both, typename One>
void Pair(const std::map<Key, const Item*>& old, const std::map<Key, const Item*>& now,
          const Both& both, const One& one) {
  for (const auto& [key, item] : old) {
    const auto found = now.find(key);
    if (found == now.end()) {
      one(*item, Change::kRemoved);
    } else {
      both(*item, *found->second);
    }
  }
  for (const auto& [key, item] : now) {
    if (!old.contains(key)) one(*item, Change::kAdded);
  }
}

class Differ {
 public:
  std::vector<Difference> Run(const Descriptor& old, const Descriptor& now) {
    Reached before;
    Reached after;
    Reach(old, before);
    Reach(now, after);
    if (old.full_name() != now.full_name()) {  // The same schema under two names.
      before.messages.erase(old.full_name());
      after.messages.erase(now.full_name());
      DiffMessages(old, now);
    }
    Pair(
        before.messages, after.messages,
        [this](const Descriptor& a, const Descriptor& b) { DiffMessages(a, b); },
        [this](const Descriptor& message, Change change) {
          if (!message.options().map_entry()) Whole(change, message.full_name(), "message", "");
        });
    Pair(
        before.enums, after.enums,
        [this](const EnumDescriptor& a, const EnumDescriptor& b) { DiffEnums(a, b); },
        [this](const EnumDescriptor& type, Change change) {
          Whole(change, type.full_name(), "enum", "");
        });
    std::stable_sort(differences_.begin(), differences_.end(),
                     [](const auto& a, const auto& b) { return a.path < b.path; });
    return std::move(differences_);
  }

 private:
  void DiffMessages(const Descriptor& old, const Descriptor& now) {
    if (old.options().map_entry()) return;  // Said by the type of the field that holds it.
    DiffAspects(now.full_name(), MessageAspects(old), MessageAspects(now));
    Pair(
        FieldsOf(old), FieldsOf(now),
        [this](const FieldDescriptor& a, const FieldDescriptor& b) {
          DiffAspects(b.full_name(), FieldAspects(a), FieldAspects(b));
        },
        [this](const FieldDescriptor& field, Change change) {
          Whole(change, field.full_name(), "field", FieldDeclaration(field));
        });
  }

  void DiffEnums(const EnumDescriptor& old, const EnumDescriptor& now) {
    DiffAspects(now.full_name(), EnumAspects(old), EnumAspects(now));
  }

  void DiffAspects(const std::string& path, const Aspects& old, const Aspects& now) {
    const auto value = [](const Aspects& of, const std::string& aspect) {
      const auto found = of.find(aspect);
      return found == of.end() ? std::string() : found->second;
    };
    std::set<std::string> names;
    for (const auto& [name, ignored] : old) names.insert(name);
    for (const auto& [name, ignored] : now) names.insert(name);
    for (const std::string& name : names) {
      if (value(old, name) == value(now, name)) continue;
      differences_.push_back({Change::kChanged, path, name, value(old, name), value(now, name)});
    }
  }

  void Whole(Change change, const std::string& path, const char* aspect, const std::string& what) {
    const bool added = change == Change::kAdded;
    differences_.push_back({change, path, aspect, added ? "" : what, added ? what : ""});
  }

  static std::map<int, const FieldDescriptor*> FieldsOf(const Descriptor& message) {
    std::map<int, const FieldDescriptor*> fields;
    for (int i = 0; i < message.field_count(); ++i) {
      fields.emplace(message.field(i)->number(), message.field(i));
    }
    return fields;
  }

  std::vector<Difference> differences_;
};

}  // namespace

std::vector<Difference> DiffSchemas(const Descriptor& old, const Descriptor& now) {
  return Differ().Run(old, now);
}

std::string ChangeName(Change change) {
  switch (change) {
    case Change::kAdded: return "added";
    case Change::kRemoved: return "removed";
    case Change::kChanged: return "changed";
  }
  return "";
}

}  // namespace selfsame::cli
