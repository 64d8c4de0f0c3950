#include "server/schema/entries.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "server/schema/rules.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// What fields have from where they are.
struct Inherited {
  std::string owner;
  std::string purpose;
  options::v1::LegalBasis legal_basis = options::v1::LEGAL_BASIS_UNSPECIFIED;
  std::uint32_t retention_days = 0;
};

// The nearer says it, or else what is around it. What is too long to be told to anybody is a
// finding of the rules, and is not copied to ten thousand entries besides.
template <typename Options>
Inherited Within(const Inherited& around, const Options& options) {
  Inherited result = around;
  if (!options.owner().empty()) result.owner = options.owner().substr(0, kOwnerBytesMax);
  if (!options.purpose().empty()) result.purpose = options.purpose().substr(0, kPurposeBytesMax);
  if (options.legal_basis() != options::v1::LEGAL_BASIS_UNSPECIFIED) {
    result.legal_basis = options.legal_basis();
  }
  if (options.retention_days() > 0) result.retention_days = options.retention_days();
  return result;
}

std::string TypeOf(const FieldDescriptor& field) {
  if (field.is_map()) {
    return "map<" + TypeOf(*field.message_type()->map_key()) + ", " +
           TypeOf(*field.message_type()->map_value()) + ">";
  }
  const std::string type = field.message_type() != nullptr ? field.message_type()->full_name()
                           : field.enum_type() != nullptr  ? field.enum_type()->full_name()
                                                           : field.type_name();
  return field.is_repeated() ? "repeated " + type : type;
}

// The message whose fields have entries of their own below this field; null for a leaf.
const Descriptor* Inner(const FieldDescriptor& field) {
  if (IsLeaf(field)) return nullptr;
  return field.is_map() ? field.message_type()->map_value()->message_type() : field.message_type();
}

class Lister {
 public:
  Entries Run(const Descriptor& message) {
    std::vector<std::uint16_t> top_level = ListMessage(message, {}, "");
    return {
        .all = std::move(entries_), .is_complete = is_complete_, .top_level = std::move(top_level)};
  }

 private:
  std::vector<std::uint16_t> ListMessage(const Descriptor& message, const Inherited& around,
                                         const std::string& prefix) {
    const Inherited here = Within(around, message.options().GetExtension(options::v1::schema));
    std::vector<std::uint16_t> listed;
    open_.push_back(&message);
    for (int i = 0; i < message.field_count(); ++i) {
      if (entries_.size() == kEntriesMax ||
          prefix.size() + message.field(i)->name().size() > kEntryPathBytesMax) {
        is_complete_ = false;
        break;
      }
      listed.push_back(static_cast<std::uint16_t>(entries_.size()));
      ListField(*message.field(i), here, prefix);
    }
    open_.pop_back();
    return listed;
  }

  void ListField(const FieldDescriptor& field, const Inherited& around, const std::string& prefix) {
    const auto& options = field.options().GetExtension(options::v1::field);
    const Inherited here = Within(around, options);
    const Descriptor* inner = Inner(field);
    entries_.push_back({.path = prefix + field.name(),
                        .full_name = field.full_name(),
                        .type = TypeOf(field),
                        .owner = here.owner,
                        .purpose = here.purpose,
                        .data_class = options.class_(),
                        .legal_basis = here.legal_basis,
                        .retention_days = here.retention_days,
                        .format = options.format(),
                        .is_required = options.required(),
                        .is_recommended = options.recommended(),
                        .is_deprecated = field.options().deprecated(),
                        .is_leaf = inner == nullptr,
                        .consumers = ConsumersOf(options),
                        .inner = {}});
    if (inner == nullptr) return;
    if (std::find(open_.begin(), open_.end(), inner) != open_.end()) return;
    const std::size_t index = entries_.size() - 1;
    std::vector<std::uint16_t> listed = ListMessage(*inner, here, prefix + field.name() + ".");
    entries_[index].inner = std::move(listed);
  }

  static std::vector<std::string> ConsumersOf(const options::v1::FieldRules& options) {
    std::vector<std::string> consumers;
    for (int i = 0; i < std::min(options.consumers_size(), kConsumersMax); ++i) {
      consumers.push_back(options.consumers(i).substr(0, kOwnerBytesMax));
    }
    return consumers;
  }

  std::vector<Entry> entries_;
  bool is_complete_ = true;
  std::vector<const Descriptor*> open_;
};

std::string Missing(const Entry& entry) {
  std::string missing;
  const auto add = [&missing](bool is_there, const char* what) {
    if (!is_there) missing += missing.empty() ? what : std::string(", ") + what;
  };
  add(!entry.owner.empty(), "owner");
  add(!entry.purpose.empty(), "purpose");
  add(entry.data_class != options::v1::DATA_CLASS_UNSPECIFIED, "class");
  add(entry.retention_days > 0, "retention_days");
  return missing;
}

}  // namespace

Entries EntriesOf(const Descriptor& message) { return Lister().Run(message); }

std::vector<Finding> CheckEntries(const std::vector<Entry>& entries) {
  std::vector<Finding> findings;
  for (const Entry& entry : entries) {
    const std::string missing = entry.is_leaf ? Missing(entry) : "";
    if (missing.empty()) continue;
    if (findings.size() == kFindingsMax) break;
    findings.push_back({.rule = "CATALOG_ENTRY_REQUIRED",
                        .path = entry.full_name,
                        .message = entry.path + " says nothing of its " + missing});
  }
  return findings;
}

}  // namespace selfsame::schema
