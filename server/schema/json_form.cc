#include "server/schema/json_form.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "server/schema/descriptors.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::string Folded(const std::string& name) {
  std::string folded;
  for (const char c : name) {
    if (c == '_') continue;
    folded += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return folded;
}

// Depth is bounded by kTypesMax: each type is looked at once.
class FormCheck {
 public:
  std::vector<Finding> Run(const Descriptor& root) {
    Look(root);
    return std::move(findings_);
  }

 private:
  void Look(const Descriptor& message) {
    if (IsSupplied(message.file()->name()) || !seen_.insert(&message).second) return;
    if (message.options().message_set_wire_format()) {
      Report("GROUP_UNSUPPORTED", message.full_name(),
             "is a message set, which is made of groups; use an ordinary message");
    }
    for (int i = 0; i < message.field_count(); ++i) LookAtField(*message.field(i));
    std::vector<const FieldDescriptor*> extensions;
    message.file()->pool()->FindAllExtensions(&message, &extensions);
    for (const FieldDescriptor* extension : extensions) LookAtField(*extension);
    if (!message.options().map_entry()) CheckNames(message);
  }

  void LookAtField(const FieldDescriptor& field) {
    if (field.type() == FieldDescriptor::TYPE_GROUP) {
      Report("GROUP_UNSUPPORTED", field.full_name(),
             "is a group, which has no JSON form; use a message");
    }
    if (field.message_type() != nullptr) Look(*field.message_type());
  }

  void CheckNames(const Descriptor& message) {
    std::unordered_map<std::string, const FieldDescriptor*> owners;
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      const FieldDescriptor* other = nullptr;
      for (const std::string& name : {Folded(field.name()), Folded(field.json_name())}) {
        const FieldDescriptor* owner = owners.try_emplace(name, &field).first->second;
        if (owner != &field) other = owner;
      }
      if (other == nullptr) continue;
      Report("JSON_NAME_AMBIGUOUS", field.full_name(),
             "its name or json_name is, without case and underscores, also that of " +
                 other->name() + "; rename one of them");
    }
  }

  void Report(const char* rule, const std::string& path, std::string message) {
    if (findings_.size() >= kFindingsMax) return;
    findings_.push_back({.rule = rule, .path = path, .message = std::move(message)});
  }

  std::vector<Finding> findings_;
  std::set<const Descriptor*> seen_;
};

}  // namespace

std::vector<Finding> CheckJsonForm(const Descriptor& message) { return FormCheck().Run(message); }

}  // namespace selfsame::schema
